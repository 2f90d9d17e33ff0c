import { z } from 'zod';
import { checked, filledText, report, text } from './checked.ts';
import { refusals } from './refusal.ts';
import type { Call, Reply, Route } from './route.ts';
import type { World } from './world.ts';

const optionTypes = { subcommand: 1, group: 2 } as const;
const slashCommand = 1;

const name = filledText(32).superRefine((value, context) => {
  if (!/^[-_'\p{L}\p{N}]+$/u.test(value) || value !== value.toLowerCase()) {
    report(context, [], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
});
const localized = z.record(z.string(), z.string().nullable()).nullish();
const description = filledText(100);
const choice = z.strictObject({
  name: filledText(100),
  name_localizations: localized,
  value: z.union([z.string().max(100), z.number()]),
});

const leaf = {
  type: z.int().min(1).max(11),
  name,
  name_localizations: localized,
  description,
  description_localizations: localized,
  required: z.boolean().optional(),
  choices: z.array(choice).max(25).optional(),
  autocomplete: z.boolean().optional(),
  channel_types: z.array(z.int()).optional(),
  min_value: z.number().optional(),
  max_value: z.number().optional(),
  min_length: z.int().min(0).max(6000).optional(),
  max_length: z.int().min(1).max(6000).optional(),
};
const optionsOf = <T extends z.ZodType<Option>>(inner: T) => z.array(inner).max(25).superRefine(checkOptions);
const inSubcommand = z.strictObject(leaf);
const inGroup = z.strictObject({ ...leaf, options: optionsOf(inSubcommand).optional() });
const option = z.strictObject({ ...leaf, options: optionsOf(inGroup).optional() });

type Option = {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean | undefined;
  readonly choices?: readonly z.output<typeof choice>[] | undefined;
  readonly options?: readonly Option[] | undefined;
};

const command = z
  .strictObject({
    id: z.string().optional(),
    type: z.int().min(1).max(3).nullish(),
    name: filledText(32),
    name_localizations: localized,
    description: text(100).optional(),
    description_localizations: localized,
    options: optionsOf(option).nullish(),
    default_member_permissions: z.string().regex(/^\d+$/).nullish(),
    dm_permission: z.boolean().nullish(),
    nsfw: z.boolean().optional(),
    contexts: z.array(z.int().min(0).max(2)).nullish(),
    integration_types: z.array(z.int().min(0).max(1)).nullish(),
    handler: z.int().optional(),
  })
  .superRefine((value, context) => {
    const isSlash = (value.type ?? slashCommand) === slashCommand;
    if (isSlash && !value.description) {
      report(context, ['description'], 'BASE_TYPE_REQUIRED', 'This field is required');
    }
    if (isSlash && !name.safeParse(value.name).success) {
      report(context, ['name'], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
    }
    if (
      sizeOf({
        ...value,
        type: slashCommand,
        description: value.description ?? '',
        options: value.options ?? [],
      }) > 8000
    ) {
      report(context, [], 'APPLICATION_COMMAND_TOO_LARGE', 'Command exceeds maximum size (8000)');
    }
  });

const commands = z
  .array(command)
  .max(100)
  .superRefine((list, context) => {
    const seen = new Set<string>();
    for (const [index, one] of list.entries()) {
      const key = `${one.type ?? slashCommand} ${one.name}`;
      if (seen.has(key)) {
        report(
          context,
          [index, 'name'],
          'APPLICATION_COMMANDS_DUPLICATE_NAME',
          'Application command names must be unique',
        );
      }
      seen.add(key);
    }
  });

/** A command as registered. */
export type Command = z.output<typeof command> & { readonly id: string };

function checkOptions(list: readonly Option[], context: z.RefinementCtx): void {
  const names = list.map((one) => one.name);
  for (const [index, one] of list.entries()) {
    if (names.indexOf(one.name) !== index) {
      report(
        context,
        [index, 'name'],
        'APPLICATION_COMMAND_OPTIONS_NAME_INVALID',
        'Option names must be unique',
      );
    }
    if (one.required && list.slice(0, index).some((before) => !before.required)) {
      report(
        context,
        [index],
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
  }
  const nested = list.filter(({ type }) => type === optionTypes.subcommand || type === optionTypes.group);
  if (nested.length > 0 && nested.length < list.length) {
    report(
      context,
      [],
      'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
      'Sub-command and sub-command group option types are mutually exclusive to all other types',
    );
  }
}

function sizeOf(one: Option): number {
  const choices = (one.choices ?? []).reduce(
    (sum, each) => sum + each.name.length + String(each.value).length,
    0,
  );
  const inside = (one.options ?? []).reduce((sum, each) => sum + sizeOf(each), 0);
  return one.name.length + one.description.length + choices + inside;
}

/** The commands registered so far, replaced as a whole by each bulk PUT. */
export class Commands {
  readonly #world: World;
  readonly #guildId: string;
  #global: readonly Command[] = [];
  #ofGuild: readonly Command[] = [];

  constructor(world: World, guildId: string) {
    this.#world = world;
    this.#guildId = guildId;
  }

  registered(): {
    readonly global: readonly Command[];
    readonly guilds: Readonly<Record<string, readonly Command[]>>;
  } {
    return { global: this.#global, guilds: { [this.#guildId]: this.#ofGuild } };
  }

  routes(): Route[] {
    const globally = '/applications/:application/commands';
    const inGuild = '/applications/:application/guilds/:guild/commands';
    return [
      { name: `GET ${globally}`, auth: 'bot', handle: () => ({ status: 200, json: this.#global }) },
      { name: `PUT ${globally}`, auth: 'bot', handle: (call) => this.#replaceGlobal(call) },
      { name: `GET ${inGuild}`, auth: 'bot', handle: (call) => this.#showGuild(call) },
      { name: `PUT ${inGuild}`, auth: 'bot', handle: (call) => this.#replaceInGuild(call) },
    ];
  }

  #replaceGlobal(call: Call): Reply {
    this.#global = this.#accepted(call.body(), this.#global);
    return { status: 200, json: this.#global };
  }

  #replaceInGuild(call: Call): Reply {
    this.#requireGuild(call);
    this.#ofGuild = this.#accepted(call.body(), this.#ofGuild);
    return { status: 200, json: this.#ofGuild };
  }

  #showGuild(call: Call): Reply {
    this.#requireGuild(call);
    return { status: 200, json: this.#ofGuild };
  }

  #requireGuild(call: Call): void {
    if (call.param('guild') !== this.#guildId) throw refusals.missingAccess();
  }

  /** A command that was there under the same name keeps its id. */
  #accepted(body: unknown, before: readonly Command[]): Command[] {
    return checked(commands, body).map((one) => ({
      ...one,
      id: before.find((known) => known.name === one.name)?.id ?? this.#world.nextId(),
      type: one.type ?? slashCommand,
    }));
  }
}
