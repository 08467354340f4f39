#!/usr/bin/env node
// Older Node versions fail with a syntax error deep in a chunk; say what is needed instead.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: c2l needs Node 20.19 or newer, this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  try {
    require('../dist/main.js');
  } catch (error) {
    // A clone that nobody has built yet.
    if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes('../dist/main.js')) throw error;
    process.stderr.write('error: c2l is not built here; npm ci && npm run build\n');
    process.exitCode = 2;
  }
}
