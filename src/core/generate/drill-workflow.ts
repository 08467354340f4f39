import type { Stack } from '../stack/stack.ts';
import { Commented, type YamlFile } from './generated-file.ts';
import { drillDays, namespaceOfDrill, notifyFlag, pushVariable, receiverVariables } from './scheduled-drill.ts';

/** A workflow that drills on GitHub's machines, and puts everything back where it was stopped. */
export function drillWorkflow(stack: Stack, program: string): YamlFile {
  const namespace = namespaceOfDrill(stack);
  const secretEnv = Object.fromEntries(receiverVariables(stack).map((name) => [name, `\${{ secrets.${name} }}`]));
  const run = `install -m 600 /dev/null kubeconfig && printf '%s' "$C2L_KUBECONFIG" > kubeconfig
npx --yes ${program} dr-drill run total-secret-loss --kubeconfig kubeconfig -n ${namespace} --config c2l.yaml \\
  --confirm "$DRILL_CONTEXT" --from "$DRILL_SOURCE"${notifyFlag(stack)
    .map((flag) => ` ${flag}`)
    .join('')} \\
  --report drill/report.html --report drill/report.md --report drill/report.json --report drill/report.xml
`;
  const abort = `mkdir -p drill
code=0
npx --yes ${program} dr-drill abort --kubeconfig kubeconfig -n ${namespace} --config c2l.yaml \\
  --yes --confirm "$DRILL_CONTEXT" -o json > drill/abort.json || code=$?
cat drill/abort.json
# No drill was unfinished: there was nothing to put back. Any other 2 means that nobody looked.
test "$code" = 2 && grep -q '"code": "drill-not-found"' drill/abort.json && exit 0
exit "$code"
`;
  const summary = `rm -f kubeconfig
if [ -f drill/report.md ]; then cat drill/report.md; else echo 'The drill did not begin: its log says why.'; fi \\
  >> "$GITHUB_STEP_SUMMARY"
`;
  return {
    path: `.github/workflows/c2l-drill-${stack.name}.yaml`,
    comment:
      'A drill on a schedule. The exit code is the result; the report is an artifact and the summary of the run. It needs the secret C2L_KUBECONFIG, and the variables DRILL_CONTEXT (its context) and DRILL_SOURCE (such as azure-key-vault:NAME).',
    use: 'beside',
    documents: [
      {
        name: `c2l drill of ${stack.name}`,
        on: { schedule: [{ cron: `17 3 ${drillDays.join(',')} * *` }], workflow_dispatch: {} },
        permissions: { contents: 'read' },
        concurrency: { group: `c2l-drill-${stack.name}`, 'cancel-in-progress': false },
        jobs: {
          drill: {
            'runs-on': 'ubuntu-latest',
            'timeout-minutes': 45,
            steps: [
              { uses: 'actions/checkout@v4' },
              { uses: 'actions/setup-node@v4', with: { 'node-version': 22 } },
              {
                name: 'drill',
                env: {
                  C2L_KUBECONFIG: '${{ secrets.C2L_KUBECONFIG }}',
                  DRILL_CONTEXT: '${{ vars.DRILL_CONTEXT }}',
                  DRILL_SOURCE: '${{ vars.DRILL_SOURCE }}',
                  [pushVariable]: new Commented('Empty: no Pushgateway.', `\${{ vars.${pushVariable} }}`),
                  ...secretEnv,
                },
                run,
              },
              {
                name: 'put back what was stopped',
                if: new Commented(
                  'GitHub gives a cancelled step ten seconds, which is too short for the way back.',
                  'cancelled() || failure()',
                ),
                env: { DRILL_CONTEXT: '${{ vars.DRILL_CONTEXT }}' },
                run: abort,
              },
              { name: 'summary', if: 'always()', run: summary },
              {
                name: 'report',
                if: 'always()',
                uses: 'actions/upload-artifact@v4',
                with: { name: `drill-${stack.name}`, path: 'drill' },
              },
            ],
          },
        },
      },
    ],
  };
}
