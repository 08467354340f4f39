import type { Unreadable } from '../../core/cluster/observed.ts';
import { controllerPort, usualControllers } from '../../core/owners/sealing-controllers.ts';
import { OperatorError } from '../../errors.ts';
import { cannotDecide, type Session } from '../session.ts';

/** Where the certificate is that Sealed Secrets opens with. */
export interface CertificatePlace {
  readonly file?: string | undefined;
  /** NAMESPACE/SERVICE. */
  readonly controller?: string | undefined;
}

/** The one that is named by a file or in the environment; undefined where the controller is to be asked. */
export async function namedCertificate(
  { deps }: Pick<Session, 'deps'>,
  { file, controller }: CertificatePlace,
): Promise<string | undefined> {
  const named = file ?? (controller === undefined ? deps.sealing.usualFile : undefined);
  return named === undefined ? undefined : deps.sealing.read(named);
}

/** What values are sealed with: it is one, and has not ended. */
export async function sealingCertificate(
  session: Pick<Session, 'cluster' | 'deps'>,
  place: CertificatePlace,
): Promise<string> {
  return (await namedCertificate(session, place)) ?? (await controllerCertificate(session, place.controller));
}

/** By the API server's service proxy, from the first controller that gives it. */
async function controllerCertificate(
  { cluster, deps }: Pick<Session, 'cluster' | 'deps'>,
  named: string | undefined,
): Promise<string> {
  const controllers = named === undefined ? usualControllers : [named];
  const answers: Answer[] = [];
  for (const controller of controllers) {
    const answer = await askController(cluster, controller);
    if ('text' in answer) return deps.sealing.check(answer.text, `controller ${controller}`);
    answers.push(answer);
  }
  const lacking = answers.flatMap((answer) => ('lacking' in answer ? (answer.lacking ?? []) : []))[0];
  const unread = answers.flatMap((answer) => ('unread' in answer ? [answer.unread] : []))[0];
  if (lacking === undefined && unread !== undefined) throw nothingToSealWith(cluster, unread);
  throw new OperatorError(
    'source-unreadable',
    `no certificate of the Sealed Secrets controller: ${lacking ?? `it is not at ${controllers.join(', ')}`}`,
    { hint: 'name it: --seal-controller NAMESPACE/SERVICE, or give its certificate: --seal-cert FILE' },
  );
}

type Answer = { readonly text: string } | { readonly unread: Unreadable } | { readonly lacking: string | undefined };

async function askController(cluster: Session['cluster'], controller: string): Promise<Answer> {
  const [namespace = '', service = ''] = controller.split('/');
  const answer = await cluster.serviceGet({ namespace, service, port: controllerPort, path: '/v1/cert.pem' });
  if (answer.state === 'unreadable') return { unread: answer };
  if (answer.state === 'absent') return { lacking: undefined };
  const { failure, status, body } = answer.value;
  if (failure === undefined && status === 200) return { text: body };
  return { lacking: `${controller} gave none: ${failure ?? `status ${status}`}` };
}

function nothingToSealWith(cluster: Session['cluster'], unread: Unreadable): OperatorError {
  const { code, message, exitCode } = cannotDecide(cluster, unread, 'fix-secrets');
  return new OperatorError(code, message, {
    exitCode,
    hint: 'give the certificate: --seal-cert FILE, as kubeseal --fetch-cert prints it',
  });
}
