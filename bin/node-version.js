// Plain JavaScript on purpose: an old Node must be able to read it.
const needed = 24;
const running = Number(process.versions.node.split('.')[0]);
if (running < needed) {
  process.stderr.write(
    'Callboard needs Node ' +
      needed +
      ' or newer; this is Node ' +
      process.versions.node +
      '.\n' +
      'Run "npm ci" in its folder: it brings the right Node, and npm scripts and npx use it.\n',
  );
  process.exit(1);
}
