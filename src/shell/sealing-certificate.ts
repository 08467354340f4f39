import { OperatorError } from '../errors.ts';
import { nothingReadable, type Session } from './session.ts';

const port = 8080;

/** The certificate that the Sealed Secrets controller wants values to be sealed with, by the API server's service proxy. */
export async function controllerCertificate(
  { cluster, deps }: Pick<Session, 'cluster' | 'deps'>,
  controller: string,
): Promise<string> {
  const [namespace = '', service = ''] = controller.split('/');
  const hint = 'name it: --controller NAMESPACE/SERVICE, or give its certificate: --cert FILE';
  const answer = await cluster.serviceGet({ namespace, service, port, path: '/v1/cert.pem' });
  if (answer.state === 'unreadable') throw nothingReadable(cluster, answer.reason);
  const lacking =
    answer.state === 'absent' ? 'is not there' : (answer.value.failure ?? wrongStatus(answer.value.status));
  if (answer.state === 'absent' || lacking !== undefined) {
    throw new OperatorError(
      'source-unreadable',
      `the Sealed Secrets controller ${controller} gave no certificate: ${lacking ?? ''}`,
      { hint },
    );
  }
  return deps.sealing.check(answer.value.body, `controller ${controller}`);
}

function wrongStatus(status: number): string | undefined {
  return status === 200 ? undefined : `status ${status}`;
}
