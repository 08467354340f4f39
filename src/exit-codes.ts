/** What each exit code tells a script. Precedence where several apply: partial, problems, unreadable. */
export const ExitCode = {
  /** Healthy, or the change was made and confirmed. */
  ok: 0,
  /** It ran, and found problems. */
  problems: 1,
  /** Usage or configuration, or a prompt was needed and there was none; nothing changed. */
  usage: 2,
  /** Nothing proven wrong, but something could not be read. */
  unreadable: 3,
  /** A change stopped part way; the report lists done, failed, skipped. */
  partial: 4,
  /** The operator said no; nothing changed. */
  declined: 5,
  /** A defect in c2l. */
  defect: 70,
  /** Ctrl-C; what was begun was undone or is listed with how to resume. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
