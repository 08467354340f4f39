import type { Clock } from '../../ports.ts';
import type { Sealing } from '../../value-ports.ts';

export interface SealingPlace {
  readonly cwd: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly usualFile?: string | undefined;
}

/** Few commands seal, so that what looks at certificates is loaded when it is asked for. */
export function openSealing({ cwd, clock, usualFile = '' }: SealingPlace): Sealing {
  return {
    ...(usualFile !== '' && { usualFile }),
    read: async (path) => {
      const { readSealingCertificate } = await import('./sealing-certificate.ts');
      return readSealingCertificate(path, cwd, clock.now());
    },
    check: async (certificate, place) => {
      const { checkSealingCertificate } = await import('./sealing-certificate.ts');
      return checkSealingCertificate(certificate, place, clock.now());
    },
  };
}
