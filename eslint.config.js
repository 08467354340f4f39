import tseslint from 'typescript-eslint';

const libraries = [
  '@kubernetes/*',
  '@azure/*',
  '@peculiar/*',
  'inquirer',
  'ora',
  'dotenv',
  'ws',
  'chalk',
  'commander',
  'yaml',
  'js-yaml',
];
const except = (...allowed) => libraries.filter((name) => !allowed.includes(name));

/** One layer's rule: what its files may not import, and the sentence a developer reads when they try. */
const layer = (files, forbidden, message) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }] }],
  },
});

/** What touches the world is reached through these. */
const ports = ['**/ports.ts', '**/cluster-ports.ts', '**/value-ports.ts', '**/watch-ports.ts', '**/runbook-ports.ts'];
const folders = (...names) => names.flatMap((name) => [`**/${name}/*`, `**/${name}/**`]);

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/main.ts'],
    rules: {
      complexity: ['error', 12],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'no-console': 'error',
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'only src/main.ts touches process; pass in what is needed.' },
      ],
    },
  },
  {
    files: ['src/core/**/*.ts', 'src/render/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'core and render have no clock: pass the time in.' },
        { object: 'Math', property: 'random', message: 'core and render have no randomness: pass the choice in.' },
      ],
    },
  },
  layer(
    ['src/core/**/*.ts'],
    [...libraries, 'node:*', ...folders('adapters', 'shell', 'commands', 'render', 'sandbox'), ...ports],
    'core decides and is pure: it imports only core, errors.ts, exit-codes.ts and the schema library.',
  ),
  layer(
    ['src/render/**/*.ts'],
    [...except('chalk', 'yaml'), 'node:*', ...folders('adapters', 'shell', 'commands', 'sandbox'), ...ports],
    'render turns reports into text and is pure: it imports only core, chalk and yaml.',
  ),
  layer(
    ['src/shell/**/*.ts'],
    [...libraries, 'node:*', ...folders('adapters', 'commands', 'sandbox')],
    'shell loops over ports: it imports core, render and ports.ts; what touches the world is an adapter.',
  ),
  layer(
    ['src/commands/**/*.ts', 'src/command-line/**/*.ts', 'src/cli.ts'],
    [...except('commander'), 'node:*', ...folders('adapters', 'sandbox')],
    'commands are thin: they reach the world only through ports.ts; compose-deps.ts alone picks adapters.',
  ),
  layer(
    ['src/adapters/**/*.ts'],
    folders('commands', 'shell', 'sandbox'),
    'adapters implement ports.ts over one library each and know nothing of commands.',
  ),
  layer(
    ['src/sandbox/**/*.ts'],
    [...except('ws', 'yaml', '@peculiar/*', 'reflect-metadata'), ...folders('adapters', 'commands', 'shell', 'render')],
    'the sandbox is a cluster, not a part of c2l: it may share only the vocabulary of core.',
  ),
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-function-return-type': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
