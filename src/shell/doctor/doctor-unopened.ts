import { count } from '../../core/list-text.ts';
import type { DoctorReport, Examination } from '../../core/reports/doctor-report.ts';
import { OperatorError } from '../../errors.ts';
import type { Deps } from '../../ports.ts';
import { namedStack, openSession, type Session, type SessionOptions } from '../session.ts';
import { examineStack, runDoctor, type DoctorOptions } from './doctor.ts';

export interface UnopenedOptions extends DoctorOptions {
  readonly session: SessionOptions;
}

/** Where no command could begin: what is wrong, and everything that can be looked at in spite of it. Changes nothing. */
export async function examineUnopened(
  failure: OperatorError,
  options: UnopenedOptions,
  deps: Deps,
): Promise<DoctorReport> {
  const lenient = isAboutStack(failure) ? await withoutStack(failure, options, deps) : failure;
  if (!(lenient instanceof OperatorError)) return lenient;
  const kubeconfig = await examineKubeconfig(lenient, options.session, deps);
  const { context } = kubeconfig;
  const examinations: Examination[] = [
    kubeconfig.examination,
    ...(kubeconfig.isToBlame || isAboutStack(lenient) ? [] : [clusterTrouble(lenient)]),
    isAboutStack(failure) ? stackTrouble(failure) : await examineNamedStack(options.session, deps),
  ];
  return {
    schemaVersion: 1,
    command: 'doctor',
    context,
    server: '',
    namespaces: options.session.namespaces,
    takenAt: deps.clock.now().toISOString(),
    verdict: 'error',
    findings: [],
    error: reported(failure),
    examinations,
    next: examinations.find(({ state }) => state === 'problem' || state === 'unreadable')?.next ?? 'c2l doctor',
  };
}

const kubeconfigCodes: ReadonlySet<string> = new Set(['no-kubeconfig', 'kubeconfig-invalid', 'unknown-context']);

function isAboutStack({ code }: OperatorError): boolean {
  return code.startsWith('stack-');
}

/** A stack file that cannot be used keeps nobody from looking at the cluster; the failure where something else does. */
async function withoutStack(
  failure: OperatorError,
  { session: options, ...rest }: UnopenedOptions,
  deps: Deps,
): Promise<DoctorReport | OperatorError> {
  const stackFiles = { ...deps.stackFiles, find: () => Promise.resolve(undefined) };
  let session: Session;
  try {
    session = await openSession({ ...options, config: undefined, stack: undefined }, { ...deps, stackFiles });
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
  try {
    const report = await runDoctor({ ...session, stack: undefined }, rest);
    const trouble = stackTrouble(failure);
    const examinations = report.examinations.map((each) => (each.name === 'stack' ? trouble : each));
    return { ...report, verdict: 'error', error: reported(failure), examinations, next: trouble.next ?? report.next };
  } finally {
    await session.close();
  }
}

function stackTrouble({ code, message, hint = '' }: OperatorError): Examination {
  return code === 'stack-invalid'
    ? { name: 'stack', state: 'problem', detail: message, next: hint }
    : { name: 'stack', state: 'problem', detail: `${message}; ${hint}`, next: 'c2l init' };
}

async function examineNamedStack(options: SessionOptions, deps: Deps): Promise<Examination> {
  try {
    return examineStack({ stack: await namedStack(options, deps) });
  } catch (error) {
    if (error instanceof OperatorError) return stackTrouble(error);
    throw error;
  }
}

interface Kubeconfig {
  readonly examination: Examination;
  readonly context: string;
  readonly isToBlame: boolean;
}

async function examineKubeconfig(
  failure: OperatorError,
  { kubeconfig, context: named }: SessionOptions,
  deps: Deps,
): Promise<Kubeconfig> {
  const name = 'kubeconfig';
  const trouble = ({ code, message, hint }: OperatorError): Kubeconfig => ({
    examination: { name, state: 'problem', detail: message, next: commandIn(hint) ?? nextOf(code) },
    context: named ?? '',
    isToBlame: true,
  });
  if (kubeconfigCodes.has(failure.code)) return trouble(failure);
  try {
    const { names, current } = await deps.contexts(kubeconfig);
    const context = named ?? current ?? '';
    const detail = `${count(names.length, 'context')}, this one is ${context === '' ? 'none of them' : context}`;
    return { examination: { name, state: 'ok', detail }, context, isToBlame: false };
  } catch (error) {
    if (error instanceof OperatorError) return trouble(error);
    throw error;
  }
}

/** Where there is no kubeconfig, no program can list its contexts. */
function nextOf(code: string): string {
  return code === 'no-kubeconfig' ? 'c2l doctor --kubeconfig FILE' : 'kubectl config get-contexts';
}

/** Some hints are words, and some end in them. */
function commandIn(hint: string | undefined): string | undefined {
  return /^(?:kubectl|kubelogin|gcloud|ls|KUBECONFIG=)[^,;]*/.exec(hint ?? '')?.[0];
}

/** A namespace that is not there was looked for; a server that gave no answer was not seen. */
function clusterTrouble({ code, message, hint }: OperatorError): Examination {
  const isThere = code === 'namespace-not-found';
  return {
    name: isThere ? 'namespace' : 'server',
    state: isThere ? 'problem' : 'unreadable',
    detail: message,
    next: commandIn(hint) ?? 'kubectl config get-contexts',
  };
}

function reported({ code, message, hint }: OperatorError): NonNullable<DoctorReport['error']> {
  return { code, message, ...(hint !== undefined && { hint }) };
}
