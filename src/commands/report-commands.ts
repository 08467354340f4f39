/**
 * What cli.ts loads for any command that reports. One module makes one chunk of the build: loaded by themselves, the
 * commands share two dozen small ones, and opening those takes longer than the commands that a run does not need. Those
 * that bring the schema library along are not here: they load it with their first use.
 */
export { watchAudit } from './audit-watch.ts';
export { audit, auditOne, readBaseline } from './audit.ts';
export { backup, checkBackup } from './backup.ts';
export { bootstrap } from './bootstrap.ts';
export { doctor, doctorUnopened } from './doctor.ts';
export { fixSecrets } from './fix-secrets.ts';
export { history } from './history.ts';
export { migrate } from './migrate.ts';
export { restart } from './restart.ts';
export { restoreSync } from './restore-sync.ts';
export { rollback } from './rollback.ts';
export { printError, runReport, styleFor } from './run-report.ts';
export { stabilize } from './stabilize.ts';
export { validate } from './validate.ts';
export { verify } from './verify.ts';
