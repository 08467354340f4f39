/**
 * Writes, looks for or removes one table with one row, as the application, to see that a database after a drill is the
 * one from before. Arguments are HOST PORT DATABASE ACTION TABLE; user and password come over standard input, one
 * base64 line each, because arguments and environment of an exec stand in audit logs. Only words leave the pod.
 */
export const postgresRowScript = `
IFS= read -r user64 && IFS= read -r password64 || { echo row=failed; exit 0; }
PGUSER=$(printf %s "$user64" | base64 -d && printf x) || { echo row=failed; exit 0; }
PGPASSWORD=$(printf %s "$password64" | base64 -d && printf x) || { echo row=failed; exit 0; }
unset PGHOSTADDR PGSERVICE PGOPTIONS PGPASSFILE
export PGHOST="$1" PGPORT="$2" PGDATABASE="$3" PGUSER="\${PGUSER%x}" PGPASSWORD="\${PGPASSWORD%x}"
export PGCONNECT_TIMEOUT=5 LC_ALL=C
case $4 in
  write) sql="create table $5 (mark text); insert into $5 values ('$5'); select count(*) from $5" ;;
  read) sql="select count(*) from $5 where mark = '$5'" ;;
  remove) sql="drop table if exists $5; select 1" ;;
esac
answer=$(psql -X -w -q -tA -v ON_ERROR_STOP=1 -c "$sql" 2>&1 </dev/null)
case $? in 0) ;; *)
  case $answer in
    *'does not exist'*) echo row=gone ;;
    *'permission denied'*) echo row=not-allowed ;;
    *) echo row=failed ;;
  esac
  exit 0 ;;
esac
case $answer in 1) echo row=there ;; *) echo row=gone ;; esac
`;

export type RowAction = 'write' | 'read' | 'remove';
export type RowAnswer = 'there' | 'gone' | 'not-allowed' | 'failed';

/** Reads the word of the script; anything else is a failure. */
export function readRowAnswer(stdout: string): RowAnswer {
  const word = /^row=([a-z-]+)\r?$/m.exec(stdout)?.[1];
  return (['there', 'gone', 'not-allowed'] as const).find((known) => known === word) ?? 'failed';
}

/** Of this drill alone, so that nothing else can be removed by it. */
export function rowTable(id: string): string {
  return `c2l_drill_${id}`;
}
