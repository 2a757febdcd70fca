/** What the workflow of a project needs to know. */
export interface WorkflowParts {
  envoys: string[];
  /** Whether npm has a lock file. */
  locked: boolean;
}

/** A GitHub workflow that checks the setups of a project and runs its claims. */
export function workflowText({ envoys, locked }: WorkflowParts): string {
  return `# Compare the Envoy in use with the next one on this project's configs, and run the claims about them.
name: bigbook

on:
  push:
  pull_request:

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11d5960a326750d5838078e36cf38b85af677262 # v4.4.0
      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0
        with: { node-version: 20 }
      - run: npm ${locked ? 'ci' : 'install'}
      - run: npx bigbook setup --envoy ${envoys.join(',')}
      # Exits with 1 on differences in answers and worse: see --fail-on and the setting \`accept\`.
      - run: npx bigbook check --annotations
      - run: npx bigbook run
      - if: always()
        uses: actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2
        with: { name: bigbook, path: reports }
`;
}
