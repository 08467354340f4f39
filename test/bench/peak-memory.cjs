// Loaded into the measured program: the highest resident memory is known only to the process itself, at its end.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.C2L_PEAK_FILE, String(process.resourceUsage().maxRSS));
});
