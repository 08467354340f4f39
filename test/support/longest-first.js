import Sequencer from '@jest/test-sequencer';

/**
 * The suites that take longest, longest first: one that is begun last keeps a single worker busy while the others are
 * done. A fresh clone has no times of earlier runs to go by, and the size of a file says little.
 */
const longest = [
  ...['rights', 'restart-table', 'killed-bootstrap', 'outage', 'killed', 'audit-matrix', 'server-away'].map(
    (name) => `contract/${name}.contract`,
  ),
  'bin/runbooks',
  ...['dr-drill', 'dr-drill-scenarios', 'faults', 'dr-drill-runbook', 'dr-drill-journal-file'].map(
    (name) => `commands/${name}`,
  ),
  'packaging/npm-package',
  ...['canary', 'bootstrap', 'bad-input-sources', 'backup'].map((name) => `commands/${name}`),
];

const rank = ({ path }) => {
  const at = longest.findIndex((name) => path.endsWith(`/${name}.test.ts`));
  return at === -1 ? longest.length : at;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((left, right) => rank(left) - rank(right));
  }
}
