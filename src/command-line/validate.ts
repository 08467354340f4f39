import type { Registry } from './registry.ts';

export function declareValidate(registry: Registry): void {
  const command = registry
    .command('validate', 'check the Secret references of manifests before they are applied', 'c2l validate k8s/')
    .argument('<path...>', 'files and folders of manifests; - is standard input, for what kustomize or helm print')
    .option('--against-cluster', 'count Secrets that the cluster has as well; without it no cluster is asked');
  registry.runs(
    command,
    async (flags, deps) => {
      const { validate } = await import('../commands/report-commands.ts');
      return validate(command.args, flags, deps);
    },
    { formats: ['text', 'json', 'yaml', 'junit', 'sarif', 'github'] },
  );
}
