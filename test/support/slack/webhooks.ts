import type { Answer } from '#test/faults.ts';
import { parseJson } from './arguments.ts';
import { compose } from './composing.ts';
import { textAnswer } from './dialect.ts';
import { Refusal } from './refusal.ts';
import { asObject } from './shape.ts';
import type { Workspace } from './workspace.ts';

const author = 'incoming-webhook';
const secret = 'stand-in-webhook-secret';

/** The incoming webhooks of the workspace: one fixed channel each, answers in text. */
export class Webhooks {
  readonly #workspace: Workspace;
  readonly #channels = new Map<string, string>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** The path of the channel's webhook. */
  pathFor(channel: string): string {
    const path = `/services/T0STANDIN1/B${channel.slice(1)}/${secret}`;
    this.#channels.set(path, channel);
    return path;
  }

  /** The channel behind a path, if the path is one of a webhook. */
  channelOf(path: string): string | undefined {
    return this.#channels.get(path);
  }

  post(path: string, body: string, historyLagMs: number | undefined): Answer {
    const channel = this.#channels.get(path);
    if (channel === undefined) {
      return this.#hasService(path) ? textAnswer('invalid_token', 403) : textAnswer('no_service', 404);
    }
    try {
      this.#write(channel, body, historyLagMs);
      return textAnswer('ok', 200);
    } catch (error) {
      if (error instanceof Refusal) return textAnswer(error.code, statusOf(error.code));
      throw error;
    }
  }

  #hasService(path: string): boolean {
    const service = path.slice(0, path.lastIndexOf('/') + 1);
    return Array.from(this.#channels.keys()).some((known) => known.startsWith(service));
  }

  #write(id: string, body: string, historyLagMs: number | undefined): void {
    const args = asObject(parseJson(body, 'invalid_payload'));
    if (args === undefined) throw new Refusal('invalid_payload');
    const state = this.#workspace.channels.get(id)?.state ?? 'missing';
    if (state === 'missing') throw new Refusal('channel_not_found');
    if (state === 'archived') throw new Refusal('channel_is_archived');
    if (state === 'read_only' || state === 'thread_only') throw new Refusal('action_prohibited');
    const draft = compose(args);
    this.#workspace.add({
      channel: id,
      author,
      text: draft.text ?? '',
      blocks: draft.blocks ?? [],
      rendering: draft.rendering,
      threadTs: draft.threadTs,
      broadcast: draft.broadcast ?? false,
      historyLagMs,
    });
  }
}

function statusOf(code: string): number {
  if (code === 'channel_not_found') return 404;
  if (code === 'channel_is_archived') return 410;
  return code === 'action_prohibited' ? 403 : 400;
}
