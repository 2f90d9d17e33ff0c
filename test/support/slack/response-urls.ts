import type { Answer } from '#test/faults.ts';
import { parseJson } from './arguments.ts';
import { compose } from './composing.ts';
import { jsonAnswer } from './dialect.ts';
import { identity } from './identity.ts';
import { type JsonObject, Refusal } from './refusal.ts';
import { asObject } from './shape.ts';
import type { Workspace } from './workspace.ts';

/** Where a `response_url` came from: a command, or a press on a message. */
export type Origin = {
  readonly channel: string;
  readonly user: string;
  readonly messageTs?: string | undefined;
};

/** One request to a `response_url`; a refused one changed nothing. */
export type PostedResponse = {
  readonly channel: string;
  readonly user: string;
  readonly body: JsonObject;
  readonly refusedAs: string | undefined;
};

type Issued = Origin & { readonly expiresAt: number; uses: number };

const maxUses = 5;
const lifetimeMs = 30 * 60_000;

/** The `response_url`s handed out, and what came back over them. */
export class ResponseUrls {
  readonly posted: PostedResponse[] = [];
  readonly #issued = new Map<string, Issued>();
  readonly #workspace: Workspace;
  readonly #now: () => number;

  constructor(workspace: Workspace, now: () => number) {
    this.#workspace = workspace;
    this.#now = now;
  }

  /** The path of a new one. */
  issue(origin: Origin): string {
    const path = `/response/${identity.teamId}/${this.#issued.size + 1}`;
    this.#issued.set(path, { ...origin, expiresAt: this.#now() + lifetimeMs, uses: 0 });
    return path;
  }

  receive(path: string, text: string): Answer {
    const issued = this.#issued.get(path);
    if (issued === undefined) return jsonAnswer({ ok: false, error: 'invalid_url' }, 404);
    const body = readObject(text);
    const refusedAs = this.#apply(issued, body);
    this.posted.push({ channel: issued.channel, user: issued.user, body: body ?? {}, refusedAs });
    return refusedAs === undefined
      ? jsonAnswer({ ok: true })
      : jsonAnswer({ ok: false, error: refusedAs }, 404);
  }

  /** The code of the refusal, if it is one. */
  #apply(issued: Issued, body: JsonObject | undefined): string | undefined {
    if (this.#now() > issued.expiresAt) return 'expired_url';
    if (issued.uses >= maxUses) return 'used_url';
    if (body === undefined) return 'invalid_payload';
    issued.uses += 1;
    try {
      this.#write(issued, body);
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  }

  #write(issued: Issued, body: JsonObject): void {
    const { channel, messageTs, user } = issued;
    if (body['delete_original'] === true) {
      if (messageTs !== undefined) this.#workspace.delete(channel, messageTs);
      return;
    }
    const draft = compose(body);
    const said = { text: draft.text ?? '', blocks: draft.blocks ?? [], rendering: draft.rendering };
    const original = messageTs === undefined ? undefined : this.#workspace.find(channel, messageTs);
    if (body['replace_original'] === true && original !== undefined) {
      this.#workspace.edit(original, said);
    } else if (body['response_type'] === 'in_channel') {
      this.#workspace.add({ channel, author: identity.botUserId, ...said });
    } else {
      this.#workspace.ephemerals.push({ channel, user, text: said.text, blocks: said.blocks });
    }
  }
}

function readObject(text: string): JsonObject | undefined {
  try {
    return asObject(parseJson(text, 'invalid_payload'));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
