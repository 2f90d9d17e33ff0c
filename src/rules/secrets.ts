import { isObject } from '#domain/value.ts';
import type { Path, Tree } from './document.ts';

/** Keys under which only secrets stand. */
const secretKeys = ['keys', 'secrets', 'secret', 'webhook', 'token', 'access_key', 'secret_key'];
const looksSecret = /xox[abpers]-|xapp-|hooks\.slack\.com\/services\/|\/api\/webhooks\/\d+\/|whsec_/;

/** `literal`: places where a secret is written into the file instead of the environment. `values`: all secrets that came from there. */
export type Secrets = { readonly literal: readonly Path[]; readonly values: readonly string[] };

/** Finds secrets by the key they stand under and by their look. */
export function findSecrets(root: unknown, tree: Tree): Secrets {
  const literal: Path[] = [];
  const values: string[] = [];
  const walk = (value: unknown, path: Path, isSecret: boolean): void => {
    if (typeof value === 'string') {
      if (!(isSecret || looksSecret.test(value))) return;
      if (tree.isFromEnvironment(path)) values.push(value);
      else literal.push(path);
    } else if (Array.isArray(value)) {
      value.forEach((each, index) => walk(each, [...path, index], isSecret));
    } else if (isObject(value)) {
      const isConfiguration = path[0] === 'sources' || path[0] === 'destinations';
      for (const [key, each] of Object.entries(value)) {
        walk(each, [...path, key], isSecret || (isConfiguration && secretKeys.includes(key)));
      }
    }
  };
  walk(root, [], false);
  return { literal, values };
}
