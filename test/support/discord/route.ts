import { isSnowflake } from './checked.ts';
import { invalidBody, refusals } from './refusal.ts';

/** One request, read as far as its route needs. */
export type Call = {
  /** A path parameter by its name in the route. */
  param(name: string): string;
  readonly query: URLSearchParams;
  /** The JSON body, or a `Refusal` when it is none. */
  body(): unknown;
  /** How long what this call creates stays out of lists. */
  readonly historyLagMs: number;
};

/** `json` is absent when the answer has no body. */
export type Reply = { readonly status: number; readonly json?: unknown };

export type Route = {
  /** Method and pattern, such as `POST /channels/:channel/messages`; faults are matched by it. */
  readonly name: string;
  /** `bot`: by the Authorization header; `path`: by a token in the path, or not at all. */
  readonly auth: 'bot' | 'path';
  handle(call: Call): Reply;
};

export type Routed = { readonly route: Route; readonly params: ReadonlyMap<string, string> };

const idParameters = ['channel', 'message', 'webhook', 'guild', 'interaction'];

/** Finds the route of a request; `:application` stands for the bot's own id only. */
export class Router {
  readonly #routes: readonly Route[];
  readonly #applicationId: string;

  constructor(routes: readonly Route[], applicationId: string) {
    this.#routes = routes;
    this.#applicationId = applicationId;
  }

  /** The first route that fits; refuses an unknown path or method. */
  find(method: string, path: string): Routed {
    const onPath = this.#routes.flatMap((route) => {
      const [verb, pattern] = route.name.split(' ');
      const params = this.#match(pattern ?? '', path);
      return params === undefined ? [] : [{ verb, route, params }];
    });
    if (onPath.length === 0) throw refusals.notFound();
    const found = onPath.find(({ verb }) => verb === method);
    if (found === undefined) throw refusals.methodNotAllowed();
    return found;
  }

  #match(pattern: string, path: string): Map<string, string> | undefined {
    const expected = pattern.split('/');
    const given = path.split('/').map(decodeURIComponent);
    if (expected.length !== given.length) return undefined;
    const params = new Map<string, string>();
    for (const [index, part] of expected.entries()) {
      const value = given[index] ?? '';
      if (part === ':application' && value !== this.#applicationId) return undefined;
      if (part.startsWith(':')) params.set(part.slice(1), value);
      else if (part !== value) return undefined;
    }
    return params;
  }
}

/** Refuses ids in the path that are none. */
export function checkIds(params: ReadonlyMap<string, string>): void {
  const wrong = idParameters.filter((name) => params.has(name) && !isSnowflake(params.get(name) ?? ''));
  if (wrong.length === 0) return;
  throw invalidBody(
    wrong.map((name) => ({
      path: [`${name}_id`],
      code: 'NUMBER_TYPE_COERCE',
      message: `Value "${params.get(name)}" is not snowflake.`,
    })),
  );
}
