import { OperatorError } from '../../errors.ts';
import { Commented, type YamlFile } from './generated-file.ts';
import { secretFiles, secretVariables, type WatchedStack } from './watched-stack.ts';

/** Exit codes 1 and 3 are results; anything else means that nothing was looked at. */
const look = (program: string): string => `code=0
npx --yes ${program} watch --once --no-cluster --state .c2l/state.json -o json > .c2l/report.json || code=$?
case "$code" in
  0|1|3) ;;
  *) cat .c2l/report.json; exit "$code" ;;
esac
`;

/**
 * Told from the open incidents and not from what is new, so that a run which died before it could tell is made good by
 * the next one, and none is told twice.
 */
const tell = (failureThreshold: number): string => `test "$(jq .offline .c2l/report.json)" = false || exit 0
gh label create "$LABEL" --color B60205 --description 'opened and closed by c2l watch' 2>/dev/null || true
gh issue list --label "$LABEL" --state open --limit 100 --json number,title,body > .c2l/issues.json
jq -r '.incidents[].id' .c2l/report.json | while read -r id; do
  jq -e --arg id "$id" 'any(.[]; .body | contains("incident: " + $id + "\\n"))' .c2l/issues.json > /dev/null && continue
  incident=$(jq --arg id "$id" '.incidents[] | select(.id == $id)' .c2l/report.json)
  title=$(jq -r '"down: " + ([.roots[].id] | join(", "))' <<< "$incident")
  jq -r '"incident: " + .id + "\\n\\nsince " + .startedAt + "\\n\\n" + ([.roots[] | "- \`" + .id + "\`: " + .detail] | join("\\n"))' \\
    <<< "$incident" | gh issue create --label "$LABEL" --title "$title" --body-file -
done
# A state that was lost knows no incident: what still fails is not closed for that.
test "$(jq .rounds .c2l/state.json)" -gt ${failureThreshold} || exit 0
jq -c '.[]' .c2l/issues.json | while read -r issue; do
  id=$(jq -r '.body | capture("incident: (?<id>\\\\S+)").id // ""' <<< "$issue")
  jq -e --arg id "$id" 'any(.incidents[]; .id == $id)' .c2l/report.json > /dev/null && continue
  end=recovered
  jq -e --argjson issue "$issue" 'any(.incidents[]; "down: " + ([.roots[].id] | join(", ")) == $issue.title)' .c2l/report.json > /dev/null && \\
    end='told anew in another issue, since the state of earlier runs was lost'
  gh issue close "$(jq .number <<< "$issue")" --comment "$end, seen at $(jq -r .takenAt .c2l/report.json)"
done
`;

/** A workflow that watches on GitHub's machines: one issue for each incident, closed when it recovers. */
export function watchWorkflow(stack: WatchedStack, program: string): YamlFile {
  if (stack.watch.endpoints.length === 0) {
    throw new OperatorError(
      'stack-lacks-field',
      `stack ${stack.name} names no endpoint, and a workflow can reach nothing else`,
      {
        hint: 'add watch.endpoints to the stack file',
      },
    );
  }
  const [file] = secretFiles(stack.watch);
  if (file !== undefined) {
    throw new OperatorError(
      'stack-lacks-field',
      `a secret of stack ${stack.name} lies in ${file}, and a workflow has no such file`,
      {
        hint: 'name a variable instead of it, as in { env: ROUTING_KEY }',
      },
    );
  }
  const variables = secretVariables(stack.watch);
  const env = Object.fromEntries(variables.map((name) => [name, `\${{ secrets.${name} }}`]));
  const key = `c2l-watch-${stack.name}-`;
  const workflow = {
    name: `watch ${stack.name}`,
    on: {
      schedule: new Commented('GitHub starts scheduled runs late, and none more often than every five minutes.', [
        { cron: '*/5 * * * *' },
      ]),
      workflow_dispatch: {},
    },
    permissions: { contents: 'read', issues: 'write' },
    concurrency: { group: `c2l-watch-${stack.name}`, 'cancel-in-progress': false },
    jobs: {
      watch: {
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': 5,
        steps: [
          { uses: 'actions/checkout@v4' },
          { uses: 'actions/setup-node@v4', with: { 'node-version': 22 } },
          {
            name: 'state of the last run',
            uses: 'actions/cache/restore@v4',
            with: { path: '.c2l', key: `${key}\${{ github.run_id }}-\${{ github.run_attempt }}`, 'restore-keys': key },
          },
          { run: 'mkdir -p .c2l' },
          { name: 'look', ...(variables.length === 0 ? {} : { env }), run: look(program) },
          {
            name: 'tell',
            env: { GH_TOKEN: '${{ github.token }}', GH_REPO: '${{ github.repository }}', LABEL: `c2l-${stack.name}` },
            run: tell(stack.watch.failureThreshold),
          },
          {
            name: 'state for the next run',
            if: 'always()',
            uses: 'actions/cache/save@v4',
            with: { path: '.c2l', key: `${key}\${{ github.run_id }}-\${{ github.run_attempt }}` },
          },
        ],
      },
    },
  };
  return { path: `.github/workflows/c2l-watch-${stack.name}.yaml`, use: 'beside', documents: [workflow] };
}
