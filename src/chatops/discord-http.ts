import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { REST } from '@discordjs/rest';
import { z } from 'zod';
import { describeFailure } from '#destinations/failure.ts';
import type { Logger } from '#runtime/logger.ts';
import { type Answer, apologising, patienceMs, within } from './answering.ts';
import { type Chatops, Connection } from './connection.ts';
import type { DiscordChatopsOptions } from './discord.ts';
import { discordReply } from './discord-reply.ts';
import { judgeDiscord, registerCommands, restOptions } from './discord-rest.ts';
import { createSignatureCheck } from './discord-signature.ts';

export type DiscordHttpOptions = DiscordChatopsOptions & {
  /** 64 hexadecimal digits. */
  readonly publicKey: string;
};

/** `body` is what arrived, byte for byte. */
export type InteractionRequest = { readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** Without `json` the answer has no body. */
export type InteractionAnswer = { readonly status: number; readonly json?: unknown };

export type DiscordHttpChatops = Chatops & {
  /** What to answer on `POST /discord/interactions`, within 3 s. 401: not signed by Discord; 400: signed but unreadable. Never rejects. */
  answerInteraction(request: InteractionRequest): Promise<InteractionAnswer>;
};

const types = { ping: 1, command: 2, press: 3 } as const;
/** Only the person who asked sees the message. */
const ephemeral = 64;
const answers = { pong: 1, message: 4, deferred: 5, nothing: 6 } as const;

const person = z.object({ id: z.string() });
const interactionSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal(types.ping) }),
  z.object({ type: z.literal(types.press) }),
  z.object({
    type: z.literal(types.command),
    token: z.string().min(1),
    data: z.object({ options: z.array(z.object({ name: z.string(), type: z.number() })).default([]) }),
    member: z.object({ user: person }).optional(),
    user: person.optional(),
  }),
]);
type CommandInteraction = Extract<z.output<typeof interactionSchema>, { type: 2 }>;

const subcommand = 1;

/**
 * Takes commands that Discord sends over HTTP. Resolves at once; the commands are registered behind it, and a failure of that goes into the
 * state. Interactions are answered in every state.
 */
export async function openDiscordHttpChatops(options: DiscordHttpOptions): Promise<DiscordHttpChatops> {
  const { applicationId, commandName, now } = options;
  const logger = options.logger.child({ platform: 'discord' });
  const { REST } = await import('@discordjs/rest');
  const rest = new REST(restOptions(options.apiUrl));
  const connection = new Connection({ judge: judgeDiscord, logger, firstPauseMs: options.firstPauseMs });
  const interactions = new Interactions({
    applicationId,
    rest,
    logger,
    isGenuine: createSignatureCheck(options.publicKey, now),
    answer: apologising(options.answer, logger, now),
  });
  const firstTry = connection.start(async () => {
    // The client forgets its token after a 401.
    rest.setToken(options.botToken);
    await registerCommands(rest, applicationId, commandName);
  });
  return {
    state: () => connection.state(),
    firstTry,
    close: async () => connection.close(),
    answerInteraction: (request) => interactions.answer(request),
  };
}

type InteractionsOptions = {
  readonly applicationId: string;
  readonly rest: Pick<REST, 'patch'>;
  readonly logger: Logger;
  readonly isGenuine: (request: InteractionRequest) => boolean;
  readonly answer: Answer;
};

const editTries = 3;
const editPauseMs = 500;

class Interactions {
  readonly #options: InteractionsOptions;

  constructor(options: InteractionsOptions) {
    this.#options = options;
  }

  async answer(request: InteractionRequest): Promise<InteractionAnswer> {
    if (!this.#options.isGenuine(request)) return { status: 401 };
    const parsed = interactionSchema.safeParse(parseJson(request.body));
    if (!parsed.success) return { status: 400 };
    const interaction = parsed.data;
    if (interaction.type === types.ping) return { status: 200, json: { type: answers.pong } };
    if (interaction.type === types.press) return { status: 200, json: { type: answers.nothing } };
    return { status: 200, json: await this.#answerCommand(interaction) };
  }

  async #answerCommand(interaction: CommandInteraction): Promise<object> {
    const user = interaction.member?.user.id ?? interaction.user?.id ?? '';
    const text = interaction.data.options.find(({ type }) => type === subcommand)?.name ?? '';
    const answered = this.#options.answer({ platform: 'discord', user, text });
    const inTime = await within(patienceMs, answered);
    if (inTime !== undefined) {
      return { type: answers.message, data: { ...discordReply(inTime), flags: ephemeral } };
    }
    void answered.then((message) => this.#edit(interaction.token, discordReply(message)));
    return { type: answers.deferred, data: { flags: ephemeral } };
  }

  /** Fills in a deferred answer. It may be ready before Discord has read that it is deferred, so it is tried again. */
  async #edit(token: string, body: object): Promise<void> {
    const { rest, applicationId, logger } = this.#options;
    const path = `/webhooks/${applicationId}/${encodeURIComponent(token)}/messages/@original` as const;
    for (let left = editTries - 1; ; left--) {
      try {
        // With the bot's token a 401 for this path would make the client forget it.
        await rest.patch(path, { auth: false, body });
        return;
      } catch (error) {
        if (left === 0) {
          logger.warn({ reason: describeFailure(error) }, 'Discord could not be answered');
          return;
        }
      }
      await pause(editPauseMs, undefined, { ref: false });
    }
  }
}

function parseJson(body: Buffer): unknown {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return parsed;
  } catch {
    return undefined;
  }
}
