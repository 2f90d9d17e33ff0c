import { readFile } from 'node:fs/promises';

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

/** What the page is made of besides its HTML, by file name, with the content type. */
export const assets = {
  'app.js': script,
  'dates.js': script,
  'discord-markdown.js': script,
  'discord.js': script,
  'dom.js': script,
  'entry.js': script,
  'follow.js': script,
  'slack-text.js': script,
  'slack.js': script,
  'tree.js': script,
  'discord.css': style,
  'entry.css': style,
  'page.css': style,
  'slack.css': style,
} as const;

export type PageFiles = {
  /** The text of a file in page/. Rejects when it cannot be read. */
  read(name: string): Promise<string>;
};

/** Reads each file when it is first asked for, and then never again. */
export function createPageFiles(): PageFiles {
  const texts = new Map<string, string>();
  return {
    read: async (name) => {
      const known = texts.get(name);
      if (known !== undefined) return known;
      const text = await readFile(new URL(`./page/${name}`, import.meta.url), 'utf8');
      texts.set(name, text);
      return text;
    },
  };
}
