export type JsonObject = Readonly<Record<string, unknown>>;

/** Slack says no: `code` becomes `error`, `details` stand beside it in the answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly details: JsonObject;

  constructor(code: string, details: JsonObject = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** A refusal that lists its problems twice, as Slack does: bare and with a prefix. */
export function refusalWith(code: string, problems: readonly string[]): Refusal {
  return new Refusal(code, {
    errors: problems,
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
  });
}
