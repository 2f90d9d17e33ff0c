import assert from 'node:assert/strict';
import { chmod, mkdir, open, rename, rm, rmdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '#test/stores.ts';
import { ConfigurationWatch } from '../src/watch.ts';

/** No look of the clock comes while a test runs, so that each test says itself when one is due. */
const neverMs = 3_600_000;

type Place = AsyncDisposable & {
  readonly folder: string;
  readonly rules: string;
  readonly templates: string;
  readonly watch: ConfigurationWatch;
  /** How often a change was told until now. */
  readonly told: () => number;
};

/** A started watch on a folder with `rules.yaml` and `templates/one.hbs`, or what `prepare` makes of it. */
async function place(prepare?: (folder: string) => Promise<void>): Promise<Place> {
  const temporary = await temporaryFolder();
  const folder = temporary.path;
  const [rules, templates] = [join(folder, 'rules.yaml'), join(folder, 'templates')];
  if (prepare) await prepare(folder);
  else {
    await mkdir(templates);
    await writeFile(rules, 'version: 1\n');
    await writeFile(join(templates, 'one.hbs'), 'one');
  }
  let told = 0;
  const watch = new ConfigurationWatch({
    rulesFile: rules,
    templatesFolder: templates,
    everyMs: neverMs,
    onChange: () => {
      told += 1;
    },
  });
  await watch.start();
  return {
    folder,
    rules,
    templates,
    watch,
    told: () => told,
    async [Symbol.asyncDispose]() {
      await watch.stop();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

/** One look sees the change, the next that it rests, and two more that nothing is told twice. */
async function toldAfter({ watch, told }: Place, change: () => Promise<unknown>): Promise<number> {
  const before = told();
  await change();
  await watch.look();
  assert.equal(told(), before, 'what one look saw may be half written');
  for (let look = 0; look < 3; look += 1) await watch.look();
  return told() - before;
}

/** One version of a ConfigMap's files, always with the same sizes and times. */
async function writeVersion(folder: string): Promise<void> {
  await mkdir(folder);
  for (const name of ['rules.yaml', 'one.hbs']) {
    await writeFile(join(folder, name), 'version: 1\n');
    await utimes(join(folder, name), 1000, 1000);
  }
}

test('nothing is told when nothing changed, nor of what was there at the start', async () => {
  await using here = await place();
  assert.equal(await toldAfter(here, async () => {}), 0);
});

test('a rules file that is written is told once, each time', async () => {
  await using here = await place();
  assert.equal(await toldAfter(here, () => writeFile(here.rules, 'version: 1\nrules: []\n')), 1);
  assert.equal(await toldAfter(here, () => writeFile(here.rules, 'version: 1\n')), 1);
});

test('an edit that leaves the size as it was is told', async () => {
  await using here = await place();
  await utimes(here.rules, 1000, 1000);
  assert.equal(await toldAfter(here, async () => {}), 1);
  assert.equal(await toldAfter(here, () => writeFile(here.rules, 'version: 2\n')), 1);
});

test('a file renamed over the rules file is told, with the same size and time too', async () => {
  await using here = await place();
  await utimes(here.rules, 1000, 1000);
  assert.equal(await toldAfter(here, async () => {}), 1);
  const next = join(here.folder, '.rules.yaml.tmp');
  await writeFile(next, 'version: 2\n');
  await utimes(next, 1000, 1000);
  assert.equal(await toldAfter(here, () => rename(next, here.rules)), 1);
});

test('a file that is emptied and then written is told once, when it has come to rest', async () => {
  await using here = await place();
  await using file = await open(here.rules, 'w');
  await here.watch.look();
  await file.write('version: 1\n');
  await here.watch.look();
  await file.write('rules: []\n');
  await here.watch.look();
  assert.equal(here.told(), 0, 'it has changed between any two looks');
  for (let look = 0; look < 3; look += 1) await here.watch.look();
  assert.equal(here.told(), 1);
});

test('a change that is taken back before it rests is not told', async () => {
  await using here = await place();
  const aside = join(here.folder, 'aside');
  await rename(here.rules, aside);
  await here.watch.look();
  assert.equal(await toldAfter(here, () => rename(aside, here.rules)), 0);
});

test('the swapped symlink of a Kubernetes ConfigMap is told once for all its files', async () => {
  await using here = await place(async (folder) => {
    await writeVersion(join(folder, '..2026_01'));
    await symlink('..2026_01', join(folder, '..data'));
    await symlink('..data/rules.yaml', join(folder, 'rules.yaml'));
    await mkdir(join(folder, 'templates'));
    await symlink('../..data/one.hbs', join(folder, 'templates', 'one.hbs'));
  });
  const swapped = toldAfter(here, async () => {
    await writeVersion(join(here.folder, '..2026_02'));
    await symlink('..2026_02', join(here.folder, '..data_tmp'));
    await rename(join(here.folder, '..data_tmp'), join(here.folder, '..data'));
  });
  assert.equal(await swapped, 1);
  assert.equal(await toldAfter(here, () => rm(join(here.folder, '..2026_01'), { recursive: true })), 0);
});

test('a template that is added, edited, renamed or removed is told', async () => {
  await using here = await place();
  const [two, three] = [join(here.templates, 'two.hbs'), join(here.templates, 'three.hbs')];
  assert.equal(await toldAfter(here, () => writeFile(two, 'two')), 1);
  assert.equal(await toldAfter(here, () => writeFile(two, 'two, edited')), 1);
  assert.equal(await toldAfter(here, () => rename(two, three)), 1);
  assert.equal(await toldAfter(here, () => rm(three)), 1);
});

test('what an editor leaves beside the templates is not told', async () => {
  await using here = await place();
  for (const name of ['one.hbs~', '.one.hbs.swp', '.one.hbs', 'notes.md']) {
    assert.equal(await toldAfter(here, () => writeFile(join(here.templates, name), 'x')), 0, name);
  }
});

test('a rules file that is deleted is told, and so is its return', async () => {
  await using here = await place();
  assert.equal(await toldAfter(here, () => rm(here.rules)), 1);
  assert.equal(await toldAfter(here, () => writeFile(here.rules, 'version: 1\n')), 1);
});

test('a folder of templates that goes away is told, and so is its return', async () => {
  await using here = await place();
  const aside = join(here.folder, 'aside');
  assert.equal(await toldAfter(here, () => rename(here.templates, aside)), 1);
  assert.equal(await toldAfter(here, () => rename(aside, here.templates)), 1);
});

test('a folder in place of the rules file is told, what happens inside it is not', async () => {
  await using here = await place();
  await rm(here.rules);
  assert.equal(await toldAfter(here, () => mkdir(here.rules)), 1);
  assert.equal(await toldAfter(here, () => writeFile(join(here.rules, 'x'), 'x')), 0);
  await rm(join(here.rules, 'x'));
  assert.equal(await toldAfter(here, () => rmdir(here.rules)), 1);
});

test('a path that cannot be followed is a state like any other', async () => {
  await using here = await place();
  await rm(here.rules);
  assert.equal(await toldAfter(here, () => symlink('rules.yaml', here.rules)), 1);
  await rm(here.templates, { recursive: true });
  assert.equal(await toldAfter(here, () => writeFile(here.templates, 'a file')), 1);
});

test('a permission that is given later is told', async () => {
  await using here = await place();
  assert.equal(await toldAfter(here, () => chmod(here.rules, 0o000)), 1);
  assert.equal(await toldAfter(here, () => chmod(here.rules, 0o644)), 1);
});

test('after the stop nothing is told, not even what was about to be', async () => {
  await using here = await place();
  await writeFile(here.rules, 'version: 1\nrules: []\n');
  await here.watch.look();
  const last = here.watch.look();
  await Promise.resolve(); // the look is under way now
  await here.watch.stop();
  await last;
  assert.equal(here.told(), 0);
  assert.equal(await toldAfter(here, () => rm(here.rules)), 0);
});

test('a stopped watch can be started again: what changed meanwhile counts as known', async () => {
  await using here = await place();
  await here.watch.stop();
  await writeFile(here.rules, 'version: 1\nrules: []\n');
  await here.watch.start();
  assert.equal(await toldAfter(here, async () => {}), 0);
  assert.equal(await toldAfter(here, () => rm(here.rules)), 1);
});

test('the clock brings looks on its own, one change after another', async () => {
  await using here = await place();
  let next = Promise.withResolvers<void>();
  const watch = new ConfigurationWatch({
    rulesFile: here.rules,
    templatesFolder: here.templates,
    everyMs: 5,
    onChange: () => next.resolve(),
  });
  await watch.start();
  // The timers of a watch keep no program alive, so something else must while this waits.
  const alive = setInterval(() => {}, 1000);
  try {
    await writeFile(here.rules, 'version: 1\nrules: []\n');
    await next.promise;
    next = Promise.withResolvers<void>();
    await writeFile(join(here.templates, 'two.hbs'), 'two');
    await next.promise;
  } finally {
    clearInterval(alive);
    await watch.stop();
  }
});
