/**
 * What is run in a pod to see what the pod sees. POSIX sh, with whatever tool the image happens to have; only words
 * leave the pod. The argument after the script names it, so that it is told apart in audit logs.
 */
export const resolveCommand = (host: string): string[] => ['sh', '-c', resolveScript, 'c2l-resolve', host];

export const connectCommand = (host: string, port: number): string[] => [
  'sh',
  '-c',
  connectScript,
  'c2l-connect',
  host,
  String(port),
];

const resolveScript = `
has() { command -v "$1" >/dev/null 2>&1; }
if has getent; then getent hosts "$1" >/dev/null 2>&1
elif has node; then node -e 'require("dns").lookup(process.argv[1], (e) => process.exit(e ? 1 : 0))' "$1" >/dev/null 2>&1
elif has nslookup; then nslookup "$1" >/dev/null 2>&1
else echo seen=no-tool; exit 0
fi && echo seen=ok || echo seen=unknown-host
`;

const connectScript = `
has() { command -v "$1" >/dev/null 2>&1; }
export LC_ALL=C
if has bash && has timeout; then said=$(timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>&1 </dev/null)
elif has nc; then said=$(nc -z -v -w 5 "$1" "$2" 2>&1 </dev/null)
elif has node; then said=$(node -e '
  const socket = require("net").connect({ host: process.argv[1], port: Number(process.argv[2]) });
  const end = (word, code) => { console.log(word); process.exit(code); };
  socket.on("connect", () => end("", 0)).on("error", (error) => end(error.code, 1));
  setTimeout(() => end("timed out", 1), 5000);' "$1" "$2" 2>&1 </dev/null)
else echo seen=no-tool; exit 0
fi
case $?/$said in
  0/*) echo seen=ok ;;
  *refused* | *REFUSED*) echo seen=refused ;;
  *'not known'* | *'ame resolution'* | *'bad address'* | *'not resolve'* | *ENOTFOUND* | *EAI_AGAIN*) echo seen=unknown-host ;;
  124/* | *'timed out'* | *'timeout'*) echo seen=timeout ;;
  *) echo seen=failed ;;
esac
`;

const meanings = {
  ok: '',
  refused: 'connection refused',
  'unknown-host': 'does not resolve in the pod',
  timeout: 'no connection within 5 s',
  failed: 'the connection could not be made',
  'no-tool': 'the container has no program to look with',
} as const;

export type ReachWord = keyof typeof meanings;

export interface Reached {
  readonly word: ReachWord;
  readonly detail: string;
}

/** Undefined for anything but the words of the scripts. */
export function readReached(stdout: string): Reached | undefined {
  const found = /^seen=([a-z-]+)\r?$/m.exec(stdout)?.[1];
  const word = (Object.keys(meanings) as ReachWord[]).find((known) => known === found);
  return word === undefined ? undefined : { word, detail: meanings[word] };
}
