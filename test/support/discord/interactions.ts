import { z } from 'zod';
import { checked } from './checked.ts';
import { defaultMentions } from './mentions.ts';
import { type Author, composed, type Message } from './message.ts';
import { type Draft, messageFlags, readEdit, readInteractionMessage } from './message-body.ts';
import { invalidBody, refusals } from './refusal.ts';
import type { Channel, World } from './world.ts';

const followUpsForMs = 900_000;

/** Types of an interaction's first answer. */
export const callbackTypes = { message: 4, deferred: 5, deferredUpdate: 6, update: 7 } as const;

/** What the bot answered first: `type` as in `callbackTypes`. */
export type Callback = { readonly type: number; readonly data?: unknown };

/** A command or a press of a button, from the delivery to its last edit. */
export type Interaction = {
  readonly id: string;
  readonly token: string;
  readonly channel: Channel;
  /** The message whose button was pressed; absent for a command. */
  readonly pressed: Message | undefined;
  readonly openedAtMs: number;
  /** Bodies that changed the first answer, oldest first. */
  readonly edits: Draft[];
  readonly followUps: Message[];
  /** Settles with the first answer, or undefined when none came in time. */
  readonly answered: Promise<Callback | undefined>;
  /** Settles when the first answer was edited for the first time. */
  readonly edited: Promise<void>;
  /** The first answer as a message, ephemeral ones included. */
  original: Message | undefined;
};

type Ledger = Interaction & {
  readonly settle: (callback: Callback | undefined) => void;
  readonly noteEdit: () => void;
  state: 'open' | 'answered' | 'expired';
};

const callback = z.strictObject({ type: z.int(), data: z.unknown().optional() });
const deferral = z.strictObject({ flags: z.int().optional() }).nullish();

/** Keeps the deadlines of interactions and turns their answers into messages. */
export class Interactions {
  readonly answerWithinMs: number;
  readonly #world: World;
  readonly #author: Author;
  readonly #byToken = new Map<string, Ledger>();

  constructor(world: World, author: Author, answerWithinMs: number) {
    this.#world = world;
    this.#author = { ...author, via: 'interaction' };
    this.answerWithinMs = answerWithinMs;
  }

  /** Begins an interaction; from now on the first answer is awaited. */
  open(channel: Channel, pressed: Message | undefined, id = this.#world.nextId()): Interaction {
    const first = Promise.withResolvers<Callback | undefined>();
    const edit = Promise.withResolvers<void>();
    const interaction: Ledger = {
      id,
      token: `interaction-token-${this.#world.nextId()}`,
      channel,
      pressed,
      openedAtMs: this.#world.now(),
      edits: [],
      followUps: [],
      original: undefined,
      answered: first.promise,
      edited: edit.promise,
      settle: first.resolve,
      noteEdit: edit.resolve,
      state: 'open',
    };
    this.#byToken.set(interaction.token, interaction);
    const expire = (): void => {
      if (interaction.state === 'open') interaction.state = 'expired';
      first.resolve(undefined);
    };
    setTimeout(expire, this.answerWithinMs).unref();
    return interaction;
  }

  /** Takes the first answer; refuses a late or a second one. */
  answer(id: string, token: string, body: unknown): void {
    const interaction = this.#byToken.get(token);
    if (interaction?.id !== id) throw refusals.unknownInteraction();
    if (interaction.state === 'answered') throw refusals.alreadyAcknowledged();
    if (interaction.state === 'expired') throw refusals.unknownInteraction();
    if (this.#world.now() - interaction.openedAtMs >= this.answerWithinMs)
      throw refusals.unknownInteraction();
    const answer = checked(callback, body);
    this.#apply(interaction, answer);
    interaction.state = 'answered';
    interaction.settle(answer);
  }

  #apply(interaction: Ledger, { type, data }: Callback): void {
    const { pressed } = interaction;
    if (type === callbackTypes.message) {
      interaction.original = this.#add(
        interaction,
        composed(readInteractionMessage(data), defaultMentions.interaction),
      );
    } else if (type === callbackTypes.deferred) {
      const flags = (checked(deferral, data)?.flags ?? 0) & messageFlags.ephemeral;
      const pings = { everyone: false, users: [], roles: [] };
      const wording = { content: '', embeds: [], components: [], pings };
      interaction.original = this.#add(interaction, { ...wording, flags: flags | messageFlags.loading });
    } else if (type === callbackTypes.deferredUpdate && pressed !== undefined) {
      interaction.original = pressed;
    } else if (type === callbackTypes.update && pressed !== undefined) {
      this.#world.edit(interaction.channel, pressed, readEdit(data, pressed.flags));
      interaction.original = pressed;
    } else {
      const message = `Value "${type}" is not a valid answer to this interaction.`;
      throw invalidBody([{ path: ['type'], code: 'BASE_TYPE_CHOICES', message }]);
    }
  }

  /** A message of the interaction: `@original` or a follow-up's id. */
  message(token: string, id: string): Message {
    const interaction = this.#live(token);
    const { original, followUps } = interaction;
    const found = id === '@original' ? original : [original, ...followUps].find((one) => one?.id === id);
    if (found === undefined) throw refusals.unknownMessage();
    return found;
  }

  /** Edits `@original` or a follow-up. */
  edit(token: string, id: string, body: unknown): Message {
    const interaction = this.#live(token);
    const message = this.message(token, id);
    const draft = readEdit(body, message.flags);
    this.#world.edit(interaction.channel, message, draft);
    if (message === interaction.original) {
      interaction.edits.push(draft);
      interaction.noteEdit();
    }
    return message;
  }

  /** Removes `@original` or a follow-up from the reader's eyes. */
  delete(token: string, id: string): void {
    const interaction = this.#live(token);
    const message = this.message(token, id);
    interaction.channel.messages.delete(message.id);
    if (message === interaction.original) interaction.original = undefined;
  }

  /** Adds a message; while the first answer is only deferred, it becomes that answer. */
  followUp(token: string, body: unknown): Message {
    const interaction = this.#live(token);
    const { original } = interaction;
    const draft = readInteractionMessage(body);
    if (original !== undefined && (original.flags & messageFlags.loading) !== 0) {
      return this.edit(token, '@original', body);
    }
    const message = this.#add(interaction, composed(draft, defaultMentions.interaction));
    interaction.followUps.push(message);
    return message;
  }

  #live(token: string): Ledger {
    const interaction = this.#byToken.get(token);
    if (interaction?.state !== 'answered') throw refusals.unknownWebhook();
    const ageMs = this.#world.now() - interaction.openedAtMs;
    if (ageMs >= followUpsForMs) throw refusals.invalidWebhookToken();
    return interaction;
  }

  /** Ephemeral messages stay out of the channel: only the person who asked sees them. */
  #add({ channel }: Interaction, wording: Parameters<World['add']>[2]): Message {
    const isEphemeral = (wording.flags & messageFlags.ephemeral) !== 0;
    const place = isEphemeral ? { ...channel, messages: new Map() } : channel;
    return this.#world.add(place, this.#author, wording);
  }
}
