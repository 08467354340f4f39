import type { Controller, ControlPlane } from './controllers/control-plane.ts';
import { WorkQueue } from './controllers/work-queue.ts';

const refresh = 'argocd.argoproj.io/refresh';
const lookMs = 300;

/** Argo CD takes the annotation away once it has looked at the Application that somebody asked it to look at. */
export function applicationRefresh(plane: ControlPlane): Controller {
  const queue = new WorkQueue(plane.clock, (namespace, name) => {
    plane.store.mutate('applications', namespace, name, ({ metadata }) => {
      const { [refresh]: asked, ...others } = metadata.annotations ?? {};
      if (asked !== undefined) {
        metadata.annotations = others;
      }
    });
  });
  return {
    observe({ resource, type, object }) {
      const { namespace = '', name, annotations = {} } = object.metadata;
      if (resource === 'applications' && type !== 'DELETED' && refresh in annotations) {
        queue.add(namespace, name, lookMs);
      }
    },
  };
}
