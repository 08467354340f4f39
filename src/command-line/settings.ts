import { InvalidArgumentError, type Command, type Option } from 'commander';

import { isRecord } from '../core/is-record.ts';
import { nearest } from '../core/nearest.ts';
import type { ContextPolicies, ContextPolicy, Setting } from '../core/user-settings.ts';
import { OperatorError } from '../errors.ts';
import type { Deps, SettingsText } from '../ports.ts';

/** Where one value comes from, before it is known whether it counts. */
interface Candidate {
  readonly raw: unknown;
  readonly origin: string;
  /** Of a file: for what is wrong with it. */
  readonly line?: number;
}

type Layer = ReadonlyMap<string, Candidate>;

/** What a setting of a higher place says leaves no room for the others of its group from a lower one. */
const groups: readonly (readonly string[])[] = [
  ['namespace', 'all-namespaces'],
  ['config', 'stack'],
];
/** What chooses a cluster, and has nothing to say of the embedded one. */
const ofClusters = ['kubeconfig', 'context', 'namespace', 'all-namespaces', 'config', 'stack'];
const ofPolicy = ['read-only', 'production'];
/** What an entry of a context can hold no more: it is chosen by then. */
const beforeContext = ['kubeconfig', 'context', 'sandbox', 'scenario', 'speed'];

export interface Settings {
  readonly settings: readonly Setting[];
  /** Whether the person has a file of them that says anything. */
  readonly hasFile: boolean;
  readonly policies: ContextPolicies;
}

/**
 * Fills in the options that the command line leaves open: from the environment, from what the person's settings say of
 * the context, from what they say in general. Throws `config-invalid` with everything that is wrong with the file.
 */
export async function applySettings(program: Command, deps: Deps): Promise<Settings> {
  const options = program.options.filter((option) => option.long !== '--version');
  const file = await readFile(options, deps);
  const env = environmentLayer(options, deps.settings);
  const filling = new Filling(program, options);

  filling.fill((name) => name === 'sandbox', [env, file.defaults]);
  if (program.getOptionValue('sandbox') === true) {
    filling.fill((name) => !ofClusters.includes(name), [env, file.defaults]);
  } else {
    filling.fill((name) => name === 'kubeconfig' || name === 'context', [env, file.defaults]);
    const context = await contextOf(program, file, deps);
    const own = context === undefined ? undefined : file.byContext.get(context);
    filling.fill(() => true, [env, ...(own === undefined ? [] : [own]), file.defaults]);
  }
  return {
    settings: options.map((option) => filling.settingOf(option)),
    policies: file.policies,
    hasFile: file.isThere,
  };
}

/** The options of one command line, from the strongest layer to the weakest. */
class Filling {
  readonly #program: Command;
  readonly #options: readonly Option[];
  readonly #taken = new Map<string, Setting>();

  constructor(program: Command, options: readonly Option[]) {
    this.#program = program;
    this.#options = options;
    for (const option of options) {
      const name = option.attributeName();
      if (program.getOptionValueSource(name) !== 'cli') continue;
      this.#take(option, { value: program.getOptionValue(name), origin: 'flag' });
    }
  }

  fill(isMeant: (name: string) => boolean, layers: readonly Layer[]): void {
    for (const layer of layers) {
      const before = new Set(this.#taken.keys());
      for (const option of this.#options.filter((each) => isMeant(nameOf(each)) && isOpen(nameOf(each), before))) {
        const candidate = layer.get(nameOf(option));
        if (candidate === undefined) continue;
        const value = valueFrom(option, candidate);
        this.#take(option, { value, origin: candidate.origin });
        this.#program.setOptionValueWithSource(
          option.attributeName(),
          option.negate ? value !== true : value,
          'config',
        );
      }
    }
  }

  settingOf(option: Option): Setting {
    const taken = this.#taken.get(nameOf(option));
    if (taken !== undefined) return taken;
    const value: unknown = option.negate ? undefined : this.#program.getOptionValue(option.attributeName());
    return { name: nameOf(option), value, origin: 'default' };
  }

  #take(option: Option, { value, origin }: Omit<Setting, 'name'>): void {
    this.#taken.set(nameOf(option), { name: nameOf(option), value, origin });
  }
}

/** Whether no stronger layer has said it, or something that leaves no room for it. */
function isOpen(name: string, taken: ReadonlySet<string>): boolean {
  const [group = [name]] = groups.filter((each) => each.includes(name));
  return !group.some((each) => taken.has(each));
}

function nameOf(option: Option): string {
  return (option.long ?? '').replace(/^--/, '');
}

/** Asked of the kubeconfig where a setting depends on it. */
async function contextOf(program: Command, file: ReadSettings, deps: Deps): Promise<string | undefined> {
  const named = program.getOptionValue('context') as string | undefined;
  if (named !== undefined || file.byContext.size === 0) return named;
  try {
    return (await deps.contexts(program.getOptionValue('kubeconfig') as string | undefined)).current;
  } catch (error) {
    // The command itself will say that there is no kubeconfig, if it needs one.
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}

function environmentLayer(options: readonly Option[], { variables }: Deps['settings']): Layer {
  const layer = new Map<string, Candidate>();
  for (const option of options) {
    const variable = variableOf(nameOf(option));
    const raw = variables[variable];
    if (raw !== undefined && raw !== '') layer.set(nameOf(option), { raw, origin: variable });
  }
  return layer;
}

/** `--request-timeout` is `C2L_REQUEST_TIMEOUT`. */
function variableOf(name: string): string {
  return `C2L_${name.toUpperCase().replaceAll('-', '_')}`;
}

interface ReadSettings {
  readonly isThere: boolean;
  readonly defaults: Layer;
  readonly byContext: ReadonlyMap<string, Layer>;
  readonly policies: ContextPolicies;
}

async function readFile(options: readonly Option[], { settings: { file } }: Deps): Promise<ReadSettings> {
  const text = await file.read();
  const problems: { line: number; message: string }[] = [];
  const wrong = (line: number, message: string): void => void problems.push({ line, message });
  const place = { options, text, wrong };

  const top = recordOf(text?.value ?? {}, place, []);
  for (const name of Object.keys(top).filter((each) => each !== 'defaults' && each !== 'contexts')) {
    wrong(text?.lineOf([name]) ?? 1, `${name}: expected defaults or contexts`);
  }
  const defaults = layerOf(top['defaults'] ?? {}, place, ['defaults']);
  const byContext = new Map(
    Object.entries(recordOf(top['contexts'] ?? {}, place, ['contexts'])).map(([name, entry]) => [
      name,
      layerOf(entry, place, ['contexts', name]),
    ]),
  );
  if (problems.length > 0) throw file.refusal(problems);
  return {
    isThere: text !== undefined,
    defaults,
    byContext,
    policies: {
      otherwise: policyIn(defaults),
      byContext: new Map([...byContext].map(([name, layer]) => [name, policyIn(layer)])),
    },
  };
}

interface Reading {
  readonly options: readonly Option[];
  readonly text: SettingsText | undefined;
  readonly wrong: (line: number, message: string) => void;
}

function recordOf(
  value: unknown,
  { text, wrong }: Reading,
  path: readonly string[],
): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  wrong(text?.lineOf(path) ?? 1, `${path.join('.') || 'the file'}: expected names with values, not ${shown(value)}`);
  return {};
}

function layerOf(value: unknown, reading: Reading, path: readonly string[]): Layer {
  const { options, text, wrong } = reading;
  const known = options.map(nameOf).filter((name) => path.length === 1 || !beforeContext.includes(name));
  const layer = new Map<string, Candidate>();
  for (const [name, raw] of Object.entries(recordOf(value, reading, path))) {
    const line = text?.lineOf([...path, name]) ?? 1;
    const where = [...path, name].join('.');
    const option = options.find((each) => nameOf(each) === name && known.includes(name));
    if (option === undefined && !ofPolicy.includes(name)) {
      const near = nearest(name, [...known, ...ofPolicy]);
      wrong(line, `${where}: no such setting${near === undefined ? '' : `; did you mean ${near}?`}`);
      continue;
    }
    const problem = problemOf(option, raw);
    if (problem !== undefined) wrong(line, `${where}: ${problem}`);
    layer.set(name, { raw, line, origin: `config.yaml:${line} ${path.join('.')}` });
  }
  return layer;
}

function policyIn(layer: Layer): Partial<ContextPolicy> {
  const readOnly = layer.get('read-only')?.raw;
  const production = layer.get('production')?.raw;
  return {
    ...(typeof readOnly === 'boolean' ? { readOnly } : {}),
    ...(typeof production === 'boolean' ? { production } : {}),
  };
}

/** What is wrong with a value; options of a policy have none of commander's. */
function problemOf(option: Option | undefined, raw: unknown): string | undefined {
  if (option === undefined || isSwitch(option))
    return typeof raw === 'boolean' ? undefined : `expected true or false, not ${shown(raw)}`;
  try {
    valueOf(option, raw);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidArgumentError) return withValue(error, raw);
    throw error;
  }
}

/** A value of the file was looked at when it was read: what is wrong here stands in the environment. */
function valueFrom(option: Option, { raw, origin }: Candidate): unknown {
  try {
    return isSwitch(option) ? switchFrom(raw) : valueOf(option, raw);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new OperatorError('config-invalid', `${origin} in the environment: ${withValue(error, raw)}`, {
      hint: `set another value, or unset ${origin}`,
    });
  }
}

function isSwitch(option: Option): boolean {
  return !option.required && !option.optional;
}

function switchFrom(raw: unknown): boolean {
  const value = typeof raw === 'string' ? switches[raw.toLowerCase()] : raw;
  if (typeof value !== 'boolean') throw new InvalidArgumentError(`expected true or false, not ${shown(raw)}`);
  return value;
}

const switches: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  yes: true,
  '0': false,
  false: false,
  no: false,
};

/** A list for options that may be given several times; text of the environment is split at commas for them. */
function valueOf(option: Option, raw: unknown): unknown {
  const { parseArg } = option;
  if (typeof raw === 'object' && !Array.isArray(raw)) throw new InvalidArgumentError('expected a value.');
  const isList = option.long === '--namespace';
  const listed: unknown = isList && typeof raw === 'string' ? raw.split(',') : raw;
  const all: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
  if (all.length !== 1 && !isList) throw new InvalidArgumentError('expected one value.');
  if (parseArg === undefined) return String(all[0]);
  return all.reduce<unknown>((earlier, each) => parseArg(String(each).trim(), earlier), undefined);
}

/** Most messages name the value themselves. */
function withValue({ message }: InvalidArgumentError, raw: unknown): string {
  const told = lowered(message);
  return / not "[^"]*"$/.test(told) ? told : `${told} (it is ${shown(raw)})`;
}

function lowered(message: string): string {
  return (message.charAt(0).toLowerCase() + message.slice(1)).replace(/\.$/, '');
}

function shown(value: unknown): string {
  return JSON.stringify(value);
}
