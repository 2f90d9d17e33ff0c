import type { ChatInputCommandInteraction, Client, Interaction } from 'discord.js';
import { describeFailure } from '#destinations/failure.ts';
import type { Message } from '#domain/message.ts';
import type { Logger } from '#runtime/logger.ts';
import { type Answer, apologising, patienceMs, within } from './answering.ts';
import { type Chatops, Connection } from './connection.ts';
import { discordReply } from './discord-reply.ts';
import { judgeDiscord, registerCommands, restOptions } from './discord-rest.ts';

export type DiscordChatopsOptions = {
  readonly botToken: string;
  readonly applicationId: string;
  /** Base without a version, with or without a trailing slash. */
  readonly apiUrl: string;
  /** Such as `/meet`. */
  readonly commandName: string;
  readonly answer: Answer;
  readonly logger: Logger;
  readonly now: () => Date;
  /** Before a failed connection is tried again; 5 s when absent. */
  readonly firstPauseMs?: number | undefined;
};

/**
 * Takes commands from Discord's gateway. Resolves at once; connecting goes on behind it and fails into the state, never into a rejection.
 * Every gateway of a bot gets every command: run one.
 */
export async function openDiscordChatops(options: DiscordChatopsOptions): Promise<Chatops> {
  const logger = options.logger.child({ platform: 'discord' });
  const answer = apologising(options.answer, logger, options.now);
  const connection = new Connection({ judge: judgeDiscord, logger, firstPauseMs: options.firstPauseMs });
  const sdk = await import('discord.js');
  let client: Client | undefined;
  const firstTry = connection.start(async () => {
    await client?.destroy();
    client = new sdk.Client({ intents: [sdk.GatewayIntentBits.Guilds], rest: restOptions(options.apiUrl) });
    client.on(sdk.Events.Error, (error) => {
      logger.warn({ reason: describeFailure(error) }, 'an error on the gateway');
    });
    client.on(sdk.Events.ShardDisconnect, ({ code }) => {
      const hint = finalCodes.get(code);
      if (hint === undefined) return;
      connection.lost({ reason: `Discord: the gateway closed with ${code} — ${hint}`, isFinal: true });
    });
    client.on(sdk.Events.InteractionCreate, (interaction) => void respond(interaction, answer, logger));
    await logIn(client, options);
  });
  return {
    state: () => connection.state(),
    firstTry,
    close: async () => {
      connection.close();
      await client?.destroy();
    },
  };
}

/** Close codes after which the client does not come back. */
const finalCodes = new Map([
  [4004, 'the bot token is not valid'],
  [4010, 'wrong shard'],
  [4011, 'the bot is in too many servers for one connection'],
  [4012, 'wrong version of the API'],
  [4013, 'wrong intents'],
  [4014, 'intents that the bot was not granted'],
]);

async function logIn(client: Client, options: DiscordChatopsOptions): Promise<void> {
  const { botToken, applicationId, commandName } = options;
  client.rest.setToken(botToken);
  await registerCommands(client.rest, applicationId, commandName);
  await client.login(botToken);
}

async function respond(interaction: Interaction, answer: Answer, logger: Logger): Promise<void> {
  try {
    if (interaction.isChatInputCommand()) await respondToCommand(interaction, answer);
    else if (interaction.isMessageComponent()) await interaction.deferUpdate();
  } catch (error) {
    logger.warn({ reason: describeFailure(error) }, 'Discord could not be answered');
  }
}

async function respondToCommand(interaction: ChatInputCommandInteraction, answer: Answer): Promise<void> {
  const text = interaction.options.getSubcommand(false) ?? '';
  const answered = answer({ platform: 'discord', user: interaction.user.id, text });
  const inTime = await within(patienceMs, answered);
  if (inTime !== undefined) {
    await interaction.reply({ ...replyOptions(inTime), flags: 'Ephemeral' });
    return;
  }
  await interaction.deferReply({ flags: 'Ephemeral' });
  await interaction.editReply(replyOptions(await answered));
}

function replyOptions(message: Message) {
  const { allowed_mentions: allowedMentions, ...rest } = discordReply(message);
  return { ...rest, allowedMentions };
}
