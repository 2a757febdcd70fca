import { useData } from 'vitepress';
import { computed, defineComponent, h, onMounted, ref, watch } from 'vue';

let drawn = 0;

/** The smallest scale of a diagram. */
const SMALLEST = 0.75;

/** Draws a Mermaid diagram in the page's colour scheme. Without scripts it shows the source. */
export const Mermaid = defineComponent({
  props: { code: { type: String, required: true } },
  setup(props) {
    const { isDark } = useData();
    const source = computed(() => decodeURIComponent(props.code));
    const svg = ref('');
    const box = ref<HTMLElement>();
    /** Where Mermaid measures the diagram, in the page's font. */
    const stage = ref<HTMLElement>();
    const label = ref('Diagram');
    const draw = async (): Promise<void> => {
      const { default: mermaid } = await import('mermaid');
      mermaid.initialize({
        startOnLoad: false,
        theme: isDark.value ? 'dark' : 'neutral',
        fontFamily: 'inherit',
        // Mermaid's default has less contrast than WCAG requires.
        ...(isDark.value && { themeVariables: { edgeLabelBackground: '#333333' } }),
      });
      drawn += 1;
      const result = await mermaid.render(`diagram-${drawn}`, source.value, stage.value);
      // Text stays readable: a diagram wider than the page scrolls in its box.
      svg.value = result.svg.replace(
        /max-width: ([\d.]+)px/,
        (all, width) => `${all}; min-width: ${Math.round(Number(width) * SMALLEST)}px`,
      );
    };
    onMounted(() => {
      label.value = `Diagram: ${headingBefore(box.value)}`;
      void draw();
      watch([isDark, source], draw);
    });
    return () =>
      svg.value === ''
        ? h('div', { class: 'mermaid', ref: box }, [h('pre', source.value), h('div', { ref: stage, class: 'stage' })])
        : h('div', { class: 'mermaid', ref: box, tabindex: 0, role: 'group', 'aria-label': label.value }, [
            h('div', { role: 'img', 'aria-label': label.value, innerHTML: svg.value }),
            h('div', { ref: stage, class: 'stage' }),
          ]);
  },
});

/** The text of the nearest heading above an element of the page. */
function headingBefore(element: HTMLElement | undefined): string {
  for (let at = element?.previousElementSibling; at; at = at.previousElementSibling) {
    if (/^H[1-6]$/.test(at.tagName)) return at.firstChild?.textContent?.trim() ?? '';
  }
  return '';
}
