import type { Loaded } from '#rehearsal/stage.ts';
import { type Diagnostic, formatDiagnostic } from '#rules/diagnostic.ts';
import type { Logger } from '#runtime/logger.ts';
import { OperatorError } from '#runtime/operator-error.ts';
import type { EndedRule, Store } from '#store/store.ts';
import type { ConfigurationTexts, ReadConfiguration } from './configuration.ts';

/** What a reload came to. `kept`: the files are broken; `failed`: they could not be taken now. Then the rules before go on. */
export type ReloadResult =
  | { readonly kind: 'taken'; readonly rules: number; readonly ended: readonly EndedRule[] }
  | { readonly kind: 'kept'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'failed'; readonly reason: string };

export type ReloaderOptions = {
  readonly store: Store;
  readonly logger: Logger;
  /** Reads the files anew. */
  readonly read: () => ConfigurationTexts;
  readonly load: (texts: ConfigurationTexts) => ReadConfiguration;
  /** Puts rules in the place of those before, between two events. */
  readonly adopt: (loaded: Loaded) => Promise<readonly EndedRule[]>;
  /** Told after each: what is wrong with the files, or undefined when nothing is. */
  readonly onResult: (problem: string | undefined) => void;
};

const document = 'last good configuration';

/** Takes changed rules and templates in one swap; broken ones leave the last good ones in place, which are stored too. */
export class Reloader {
  readonly #options: ReloaderOptions;
  #queue: Promise<unknown> = Promise.resolve();
  #problem: string | undefined;
  /** What the first rules were read from. */
  #first: ConfigurationTexts | undefined;

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** What is wrong with the files while older rules run; undefined when nothing is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The rules to start with: those of the files, or else the last ones that worked. Rejects with an OperatorError when there are none. */
  async first(): Promise<Loaded> {
    const { read, load, logger } = this.#options;
    const texts = read();
    const { loaded, diagnostics } = load(texts);
    if (loaded !== undefined) {
      for (const diagnostic of diagnostics) logger.warn(formatDiagnostic(diagnostic));
      this.#first = texts;
      return loaded;
    }
    const broken = diagnostics.map(formatDiagnostic).join('\n');
    const kept = await this.#kept();
    if (kept === undefined) throw new OperatorError(broken);
    for (const diagnostic of diagnostics) logger.error(formatDiagnostic(diagnostic));
    logger.error('the rules cannot be used: the last ones that worked run instead, until the file is fixed');
    this.#problem = summary(diagnostics);
    return kept;
  }

  /** To be called once the first rules run: keeps them, or tells that the files are broken. */
  async started(): Promise<void> {
    if (this.#first !== undefined) await this.#keep(this.#first);
    this.#first = undefined;
    this.#options.onResult(this.#problem);
  }

  /** Reads the files and takes what they say. One after the other; never rejects. */
  reload(trigger: string): Promise<ReloadResult> {
    const result = this.#queue
      .then(() => this.#reload(trigger))
      .catch((error: unknown) => this.#fail(trigger, error));
    this.#queue = result;
    return result;
  }

  /** Nothing is wrong with the files, and still they are not in use: that must show too. */
  #fail(trigger: string, error: unknown): ReloadResult {
    const { logger, onResult } = this.#options;
    logger.error({ err: error, trigger }, 'the rules could not be reloaded: those before go on');
    const reason = error instanceof Error ? error.message : String(error);
    this.#problem = `the rules could not be taken: ${reason}`;
    onResult(this.#problem);
    return { kind: 'failed', reason };
  }

  async #reload(trigger: string): Promise<ReloadResult> {
    const { read, load, adopt, logger, onResult } = this.#options;
    const texts = read();
    const { loaded, diagnostics } = load(texts);
    if (loaded === undefined) {
      for (const diagnostic of diagnostics) logger.error(formatDiagnostic(diagnostic));
      logger.error({ trigger }, 'the changed rules cannot be used: those before go on');
      this.#problem = summary(diagnostics);
      onResult(this.#problem);
      return { kind: 'kept', diagnostics };
    }
    for (const diagnostic of diagnostics) logger.warn(formatDiagnostic(diagnostic));
    const ended = await adopt(loaded);
    logEnded(ended, logger);
    const rules = loaded.rulebook.rules.length;
    logger.info({ trigger, rules }, 'the rules were reloaded');
    await this.#keep(texts);
    this.#problem = undefined;
    onResult(undefined);
    return { kind: 'taken', rules, ended };
  }

  /** The rules run already: that they could not be kept for a later start is no reason to say otherwise. */
  async #keep(texts: ConfigurationTexts): Promise<void> {
    const { store, logger } = this.#options;
    try {
      await store.saveDocument(document, JSON.stringify(texts));
    } catch (error) {
      logger.error(
        { err: error },
        'the rules are in use, but could not be kept for a start with a broken file',
      );
    }
  }

  async #kept(): Promise<Loaded | undefined> {
    const { store, load } = this.#options;
    const text = await store.findDocument(document);
    // We wrote it ourselves.
    return text === undefined ? undefined : load(JSON.parse(text) as ConfigurationTexts).loaded;
  }
}

/** Says what rules had waiting and lost, because they changed. */
export function logEnded(ended: readonly EndedRule[], logger: Logger): void {
  for (const { rule, reason, ended: count } of ended)
    logger.warn({ rule, ended: count }, `what a rule had waiting was given up: ${reason}`);
}

/** What the operator who asked for a reload is told. */
export function answerOf(result: ReloadResult): {
  readonly status: number;
  readonly json: object;
} {
  if (result.kind === 'failed')
    return { status: 503, json: { taken: false, reason: 'try again; the log says why' } };
  if (result.kind === 'kept') return { status: 422, json: { taken: false, diagnostics: result.diagnostics } };
  return { status: 200, json: { taken: true, rules: result.rules, ended: result.ended } };
}

/** The first error, and how many more there are. */
function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return 'the files cannot be used';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return `${first.file}:${first.line}:${first.col} ${first.message}${more}`;
}
