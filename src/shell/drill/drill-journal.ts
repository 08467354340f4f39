import type { Secret } from '../../core/cluster/secret.ts';
import { copyName, drillType, journalName, markerName, type DrillJournal } from '../../core/drill/drill-journal.ts';
import { copyOfNote, drillOfNote } from '../../core/drill/drill-remains.ts';
import type { DrillStep } from '../../core/drill/drill-report.ts';
import { SecretValue } from '../../core/secrets/secret-value.ts';
import { OperatorError } from '../../errors.ts';
import { ExitCode } from '../../exit-codes.ts';
import type { Session } from '../session.ts';
import type { JournalMirror } from './drill-journal-file.ts';
import { idNote, manualNote, placeNote, scenarioNote, stateNote, unreadable, type Marker } from './drill-marker.ts';

const journalKey = 'journal';
const copyKey = 'copy';
const labels = { 'app.kubernetes.io/managed-by': 'c2l', 'c2l.dev/drill': 'true' };

interface Held {
  readonly content: DrillJournal;
  readonly version: string;
  readonly openedAt: string;
  readonly mirror: JournalMirror | undefined;
}

/**
 * A drill's own Secrets: the marker in the namespace under test, which is the lock, and journal and copies in another
 * one. Whoever writes the journal last holds the drill: the next line of anybody else is refused.
 */
export class Journal {
  readonly #session: Session;
  readonly #place: string;
  #content: DrillJournal;
  #version: string;
  #last: Promise<void> = Promise.resolve();
  readonly #mirror: JournalMirror | undefined;

  private constructor(session: Session, place: string, held: Held) {
    this.#mirror = held.mirror;
    this.openedAt = held.openedAt;
    this.#session = session;
    this.#place = place;
    this.#content = held.content;
    this.#version = held.version;
  }

  get content(): DrillJournal {
    return this.#content;
  }

  get namespace(): string {
    return this.#place;
  }

  /** When it was opened, by the server's clock, which the start of pods is compared with. */
  readonly openedAt: string;

  /** Takes the lock, then opens the journal. Throws `drill-refused` where another drill is not finished. */
  static async open(session: Session, place: string, content: DrillJournal, mirror?: JournalMirror): Promise<Journal> {
    const { cluster } = session;
    await mirror?.write(session, content);
    const { id, namespace, scenario, manual = false } = content;
    const noted = {
      [idNote]: id,
      [placeNote]: place,
      [stateNote]: 'preparing',
      [scenarioNote]: scenario.name,
      ...(manual ? { [manualNote]: 'true' } : {}),
    };
    try {
      await cluster.createSecret({
        namespace,
        name: markerName,
        type: drillType,
        labels,
        annotations: noted,
        data: new Map(),
      });
    } catch (error) {
      await mirror?.remove();
      if (error instanceof OperatorError && error.code === 'conflict') throw otherDrill(namespace);
      throw error;
    }
    const journal = await createPage(session, place, content).catch(async (error: unknown) => {
      await removeSecret(session, namespace, markerName);
      await mirror?.remove();
      throw error;
    });
    return new Journal(session, place, { content, version: versionOf(journal), openedAt: openedAt(journal), mirror });
  }

  /** The journal that a marker leads to; undefined where it was never opened, or is gone. */
  static async find(
    session: Session,
    { id, journalNamespace }: Pick<Marker, 'id' | 'journalNamespace'>,
    mirror?: JournalMirror,
  ): Promise<Journal | undefined> {
    const found = await session.cluster.readSecret(journalNamespace, journalName(id));
    if (found.state === 'unreadable') throw unreadable(found.reason);
    if (found.state === 'absent') return undefined;
    const content = journalOf(session, found.value);
    if (content === undefined) throw unreadable(`Secret ${journalNamespace}/${journalName(id)} holds no journal`);
    return new Journal(session, journalNamespace, {
      content,
      version: versionOf(found.value),
      openedAt: openedAt(found.value),
      mirror,
    });
  }

  /** With the session of somebody who is not interrupted. */
  heldBy(session: Session): Journal {
    return new Journal(session, this.#place, {
      content: this.#content,
      version: this.#version,
      openedAt: this.openedAt,
      mirror: this.#mirror,
    });
  }

  /** Before something is done: whoever was interrupted begins nothing more, and hears so with the next line. */
  async write(step: DrillStep, detail: string, more: Partial<DrillJournal> = {}): Promise<void> {
    if (this.#session.deps.signal.aborted) {
      throw new OperatorError('interrupted', 'interrupted', { exitCode: ExitCode.interrupted });
    }
    this.#session.deps.terminal.err(`drill: ${detail}`);
    await this.#inTurn(step, detail, more);
  }

  /** What was seen. It is told once it is written: where somebody else has taken the drill over, it may be their work. */
  async note(step: DrillStep, detail: string, more: Partial<DrillJournal> = {}): Promise<void> {
    await this.#inTurn(step, detail, more);
    this.#session.deps.terminal.err(`drill: ${detail}`);
  }

  /** One after the other, whoever writes: each line is written over the one before. */
  async #inTurn(step: DrillStep, detail: string, more: Partial<DrillJournal>): Promise<void> {
    const written = this.#last.then(() => this.#write(step, detail, more));
    this.#last = written.catch(() => undefined);
    return written;
  }

  async #write(step: DrillStep, detail: string, more: Partial<DrillJournal>): Promise<void> {
    const { cluster, deps } = this.#session;
    const line = { at: deps.clock.now().toISOString(), step, detail };
    const content = { ...this.#content, ...more, lines: [...this.#content.lines, line] };
    const patch = {
      namespace: this.#place,
      name: journalName(content.id),
      resourceVersion: this.#version,
      data: encoded(content),
      annotations: {},
    };
    const written = await cluster.patchSecret(patch).catch(async (error: unknown) => {
      // A line whose answer was lost may have arrived.
      const found = await cluster.readSecret(patch.namespace, patch.name);
      const line = patch.data.get(journalKey);
      const isThere = found.state === 'present' && line !== undefined && found.value.data.get(journalKey)?.equals(line);
      if (isThere === true) return found.value;
      throw error instanceof OperatorError && error.code === 'conflict' ? takenOver() : error;
    });
    this.#content = content;
    this.#version = versionOf(written);
    await this.#mirror?.write(this.#session, content);
  }

  /** From here on something may be broken; after `settled` nothing is. */
  async arm(): Promise<void> {
    await this.#mark('armed');
  }

  async settle(): Promise<void> {
    await this.#mark('settled');
  }

  async #mark(state: string): Promise<void> {
    const { cluster } = this.#session;
    const { namespace } = this.#content;
    const found = await cluster.readSecret(namespace, markerName);
    if (found.state === 'unreadable') throw unreadable(found.reason);
    if (found.state === 'absent') return;
    await cluster.patchSecret({
      namespace,
      name: markerName,
      resourceVersion: versionOf(found.value),
      data: new Map(),
      annotations: { [stateNote]: state },
    });
  }

  /** Keeps a copy of each object, and proves by reading that it can be put back. */
  async keepCopies(copies: readonly { readonly name: string; readonly content: SecretValue }[]): Promise<void> {
    const { id, namespace } = this.#content;
    const kept = copies.map(({ name, content }, index) => ({ name, content, copy: copyName(id, index) }));
    for (const { name, content, copy } of kept) {
      await createCopy(this.#session, this.#place, { of: namespace, name, copy, content });
      const there = await this.copy(copy);
      if (there?.equals(content) !== true) throw unreadable(`the copy of ${namespace}/${name} could not be read back`);
    }
    const byName = new Map(kept.map(({ copy, content }) => [copy, content]));
    await this.#mirror?.keepCopies(this.#session, this.#content, byName);
  }

  async copy(name: string): Promise<SecretValue | undefined> {
    const found = await this.#session.cluster.readSecret(this.#place, name);
    if (found.state === 'unreadable') throw unreadable(found.reason);
    return found.state === 'present' ? found.value.data.get(copyKey) : undefined;
  }

  /** Removes the copies, then the journal, then the lock: killed in between, whoever goes on finds the lock. */
  async remove(): Promise<void> {
    const { id, namespace, touched } = this.#content;
    for (const { copy } of touched) await removeSecret(this.#session, this.#place, copy);
    await removeSecret(this.#session, this.#place, journalName(id));
    await removeSecret(this.#session, namespace, markerName);
    await this.#mirror?.remove();
  }
}

/** What stands in the Secret of a journal; undefined where it is none, or cannot be understood. */
export function journalOf({ deps }: Pick<Session, 'deps'>, { data }: Secret): DrillJournal | undefined {
  const text = data.get(journalKey);
  return text === undefined ? undefined : deps.readJournal(text);
}

export async function createPage({ cluster }: Session, place: string, content: DrillJournal): Promise<Secret> {
  const { id, namespace } = content;
  return cluster.createSecret({
    namespace: place,
    name: journalName(id),
    type: drillType,
    labels,
    annotations: { [drillOfNote]: namespace },
    data: encoded(content),
  });
}

export async function createCopy(
  { cluster }: Session,
  place: string,
  { of, name, copy, content }: { of: string; name: string; copy: string; content: SecretValue },
): Promise<Secret> {
  return cluster.createSecret({
    namespace: place,
    name: copy,
    type: drillType,
    labels,
    annotations: { [drillOfNote]: of, [copyOfNote]: name },
    data: new Map([[copyKey, content]]),
  });
}

/** Only what a drill made is removed. */
export async function removeSecret({ cluster }: Session, namespace: string, name: string): Promise<void> {
  const found = await cluster.readSecret(namespace, name);
  if (found.state === 'unreadable') throw unreadable(found.reason);
  if (found.state === 'absent' || found.value.type !== drillType) return;
  await cluster.deleteSecret({ namespace, name, uid: found.value.metadata.uid ?? '' });
}

/** Nothing may be done any more by whoever hears this: two that put back at once undo each other's work. */
export function takenOver(): OperatorError {
  return new OperatorError('drill-not-found', 'somebody else has taken this drill over', {
    hint: 'c2l verify',
    exitCode: ExitCode.partial,
  });
}

function otherDrill(namespace: string): OperatorError {
  return new OperatorError('drill-refused', `a drill in namespace ${namespace} is not finished`, {
    hint: `c2l dr-drill abort -n ${namespace}`,
    exitCode: ExitCode.problems,
  });
}

function encoded(content: DrillJournal): Map<string, SecretValue> {
  return new Map([[journalKey, SecretValue.fromText(JSON.stringify(content))]]);
}

function openedAt({ metadata }: Secret): string {
  return metadata.creationTimestamp ?? '';
}

function versionOf({ metadata }: Secret): string {
  return metadata.resourceVersion ?? '';
}
