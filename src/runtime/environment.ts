import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { OperatorError } from './operator-error.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** What the environment says, checked. Every secret in it is also in `secrets`. */
export type Environment = {
  readonly port: number;
  readonly host: string;
  readonly rulesFile: string;
  readonly templatesFolder: string;
  readonly databaseUrl: string;
  readonly publicUrl: string;
  /** The first signs artifact links, all verify; empty: one is made and kept in the store. */
  readonly linkSecrets: readonly string[];
  readonly adminToken: string | undefined;
  readonly slack: {
    readonly botToken: string | undefined;
    readonly signingSecret: string | undefined;
    readonly appToken: string | undefined;
    /** Ends in `/api/`. */
    readonly apiUrl: string;
    readonly isOverridden: boolean;
  };
  readonly discord: {
    readonly botToken: string | undefined;
    readonly applicationId: string | undefined;
    readonly publicKey: string | undefined;
    /** Ends in `/api`. */
    readonly apiUrl: string;
    readonly isOverridden: boolean;
  };
  readonly logLevel: string;
  readonly logFormat: 'json' | 'pretty';
  readonly secrets: readonly string[];
  /** A name used in rules.yaml: its value, or that of the file its NAME_FILE points to; undefined when unset or empty. */
  readonly lookup: (name: string) => string | undefined;
};

const url = z.url({ protocol: /^https?$/, error: 'an address beginning with http:// or https:// is needed' });
const text = z.string().optional();
const token = (start: string, what: string) =>
  z.string().startsWith(start, `${what} begins with ${start}`).optional();

const schema = z.object({
  PORT: z.coerce.number({ error: 'a port number is needed' }).int().min(0).max(65_535).default(3000),
  HOST: z.string().default('0.0.0.0'),
  CALLBOARD_RULES: z.string().default('./rules.yaml'),
  CALLBOARD_TEMPLATES: z.string().default('./templates'),
  DATABASE_URL: z.string().default('sqlite:./data/callboard.db'),
  PUBLIC_URL: url.optional(),
  LINK_SECRET: z
    .string()
    .transform((list) => list.split(',').map((each) => each.trim()))
    .pipe(z.array(z.string().min(16, 'at least 16 characters are needed in each secret')))
    .optional(),
  ADMIN_TOKEN: z.string().min(16, 'at least 16 characters are needed').optional(),
  SLACK_BOT_TOKEN: token('xox', 'a bot token'),
  SLACK_SIGNING_SECRET: text,
  SLACK_APP_TOKEN: token('xapp-', 'an app-level token'),
  SLACK_API_URL: url.optional(),
  DISCORD_BOT_TOKEN: text,
  DISCORD_APPLICATION_ID: z
    .string()
    .regex(/^\d{17,20}$/, 'an id of 17 to 20 digits is needed')
    .optional(),
  DISCORD_PUBLIC_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, '64 hexadecimal digits are needed')
    .optional(),
  DISCORD_API_URL: url.optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).optional(),
});

/** Reads the variables; empty ones count as unset. Throws OperatorError with every problem at once. */
export function readEnvironment(variables: Variables, isTerminal: boolean): Environment {
  const lookup = lookupIn(variables);
  const problems: string[] = [];
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => {
      try {
        return [name, lookup(name)];
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        problems.push(error.message);
        return [name, undefined];
      }
    }),
  );
  const result = schema.safeParse(given);
  const issues = result.error?.issues ?? [];
  problems.push(...issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`));
  if (!result.success || problems.length > 0)
    throw new OperatorError(`The environment cannot be used:\n${[...new Set(problems)].join('\n')}`);
  const env = result.data;
  const linkSecrets = env.LINK_SECRET ?? [];
  const secrets = [
    ...linkSecrets,
    env.ADMIN_TOKEN,
    env.SLACK_BOT_TOKEN,
    env.SLACK_SIGNING_SECRET,
    env.SLACK_APP_TOKEN,
    env.DISCORD_BOT_TOKEN,
  ].filter((secret) => secret !== undefined);
  return {
    port: env.PORT,
    host: env.HOST,
    rulesFile: env.CALLBOARD_RULES,
    templatesFolder: env.CALLBOARD_TEMPLATES,
    databaseUrl: env.DATABASE_URL,
    publicUrl: (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
    linkSecrets,
    adminToken: env.ADMIN_TOKEN,
    slack: {
      botToken: env.SLACK_BOT_TOKEN,
      signingSecret: env.SLACK_SIGNING_SECRET,
      appToken: env.SLACK_APP_TOKEN,
      apiUrl: `${(env.SLACK_API_URL ?? 'https://slack.com/api').replace(/\/+$/, '')}/`,
      isOverridden: env.SLACK_API_URL !== undefined,
    },
    discord: {
      botToken: env.DISCORD_BOT_TOKEN,
      applicationId: env.DISCORD_APPLICATION_ID,
      publicKey: env.DISCORD_PUBLIC_KEY,
      apiUrl: (env.DISCORD_API_URL ?? 'https://discord.com/api').replace(/\/+$/, ''),
      isOverridden: env.DISCORD_API_URL !== undefined,
    },
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT ?? (isTerminal ? 'pretty' : 'json'),
    secrets,
    lookup,
  };
}

function lookupIn(variables: Variables): Environment['lookup'] {
  return (name) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined && value !== '') return value;
    const file = variables[`${name}_FILE`];
    if (file === undefined || file === '') return undefined;
    try {
      return readFileSync(file, 'utf8').trim() || undefined;
    } catch {
      throw new OperatorError(`${name}_FILE: the file ${file} cannot be read`);
    }
  };
}

/**
 * The variables of a `.env` file, or none when there is no such file; throws OperatorError when it cannot be read. What the environment
 * itself sets wins over them, as NAME or as NAME_FILE.
 */
export function withDotEnv(variables: Variables, file: string): Variables {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return variables;
    throw new OperatorError(`the file ${file} cannot be read`);
  }
  const set = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const added = Object.entries(parseEnv(text)).filter(([name]) => !Object.hasOwn(set, `${name}_FILE`));
  return { ...Object.fromEntries(added), ...set };
}
