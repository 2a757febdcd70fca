import { withBase } from 'vitepress';
import { computed, defineComponent, h, onMounted, reactive, ref, type VNode } from 'vue';
import { linkText } from '../../../helpers/book/markdown.ts';
import { type ChangesBetween, changesBetween } from '../../../helpers/site/changes-between.ts';
import type { SiteChange } from '../../../helpers/site/site-changes.ts';
import { data } from './changes.data.ts';

type End = 'from' | 'to';

/** Lists every known change between two Envoy versions; the address keeps the choice: `?from=1.37.0&to=1.40.0`. */
export const VersionSelector = defineComponent({
  setup() {
    const { versions, compare, changes } = data;
    const choice = reactive({ from: versions[0] ?? '', to: versions.at(-1) ?? '' });
    // Without script the page has the full list, and a select that does nothing is disabled.
    const isLive = ref(false);
    onMounted(() => {
      const given = new URLSearchParams(window.location.search);
      for (const end of ['from', 'to'] as const) {
        const version = given.get(end);
        if (version !== null) choice[end] = version;
      }
      isLive.value = true;
    });
    const choose = (change: Partial<typeof choice>): void => {
      Object.assign(choice, change);
      const address = new URL(window.location.href);
      address.search = new URLSearchParams(choice).toString();
      window.history.replaceState(window.history.state, '', address);
    };
    const unknown = computed(() => [...new Set([choice.from, choice.to])].filter((each) => !versions.includes(each)));
    const found = computed(() => changesBetween(changes, choice.from, choice.to));
    const command = computed(() => `${compare} ${choice.from} ${choice.to}`);
    const selectOf = (end: End, label: string): VNode =>
      h('label', [
        h('span', label),
        h(
          'select',
          {
            name: end,
            disabled: !isLive.value,
            value: choice[end],
            onChange: (event: Event) => choose({ [end]: (event.target as HTMLSelectElement).value }),
          },
          [
            // An unknown version in the address stays visible, but cannot be chosen again.
            ...(versions.includes(choice[end])
              ? []
              : [h('option', { key: choice[end], value: choice[end], disabled: true }, choice[end])]),
            ...versions.map((version) =>
              h('option', { key: version, value: version, selected: version === choice[end] }, version),
            ),
          ],
        ),
      ]);
    return () =>
      h('div', { class: 'version-selector' }, [
        h('div', { class: 'choice', role: 'group', 'aria-label': 'Two Envoy versions' }, [
          selectOf('from', 'From version'),
          selectOf('to', 'To version'),
          h(
            'button',
            { type: 'button', disabled: !isLive.value, onClick: () => choose({ from: choice.to, to: choice.from }) },
            'Swap',
          ),
        ]),
        h(
          'p',
          { role: 'status' },
          unknown.value.length > 0
            ? unknown.value.map((version) => `${version} is not among the tested versions.`).join(' ')
            : summaryOf(choice.from, choice.to, found.value, versions),
        ),
        ...(unknown.value.length > 0 || choice.from === choice.to ? [] : listsOf(found.value, command.value)),
      ]);
  },
});

function summaryOf(
  from: string,
  to: string,
  { gained, undone }: { gained: unknown[]; undone: unknown[] },
  versions: string[],
): string {
  if (from === to) return 'Choose two different versions.';
  const isBack = versions.indexOf(from) > versions.indexOf(to);
  const way = isBack ? `Going back from ${from} to ${to}` : `From ${from} to ${to}`;
  const counts = [
    gained.length > 0 && counted(gained.length),
    undone.length > 0 && `${counted(undone.length)} undone`,
  ].filter((text) => text !== false);
  return `${way}: ${counts.join(', ') || 'no known change'}${counts.length > 0 ? ', newest first.' : '.'}`;
}

function counted(count: number): string {
  return `${count} known change${count === 1 ? '' : 's'}`;
}

/** @param command compares the chosen versions in all chapters */
function listsOf({ gained, undone }: ChangesBetween<SiteChange>, command: string): VNode[] {
  return [
    h('p', ['Compare them yourself: ', h('code', command)]),
    ...listOf(gained, undone.length > 0 ? 'New:' : undefined, command),
    ...listOf(undone, gained.length > 0 ? 'Undone:' : undefined, command),
  ];
}

function listOf(changes: SiteChange[], title: string | undefined, command: string): VNode[] {
  if (changes.length === 0) return [];
  return [
    ...(title ? [h('p', title)] : []),
    h(
      'ol',
      changes.map((change) => itemOf(change, command)),
    ),
  ];
}

function itemOf({ key, anchor, what, since, source, claims }: SiteChange, command: string): VNode {
  const chapters = [...new Set(claims.map(({ slug }) => slug))];
  return h('li', { key }, [
    h('p', [h('strong', `Since ${since.join(' and ')}`), ': ', h('a', { href: `#${anchor}` }, what)]),
    h('p', ['Source: ', ...withLinks(source), '.']),
    claims.length === 0
      ? h('p', 'No claim depends on it; compare shows it.')
      : h(
          'ul',
          { 'aria-label': 'Claims that show it' },
          claims.map(({ slug, title, anchor: claim }) =>
            h('li', [h('a', { href: withBase(`/${slug}.html#${claim}`) }, title), ` (${slug})`]),
          ),
        ),
    ...(chapters.length > 0 ? [h('p', ['See it: ', h('code', [command, ...chapters].join(' '))])] : []),
  ]);
}

/** A text whose web addresses are links. */
function withLinks(text: string): (string | VNode)[] {
  return text
    .split(/(https:\/\/[^\s;,)]+)/)
    .map((part, at) => (at % 2 === 0 ? part : h('a', { href: part }, linkText(part))));
}
