/** The charts of a reading, each with its numbers as a table. Loaded when the first section of metrics is opened: uPlot comes with it. */
import { useTranslation } from 'react-i18next';
import { useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import uPlot from 'uplot';
import type { MetricsReading } from '../../../contract/metrics.ts';
import { listText } from '../../i18n/locale.ts';
import { safeText } from '../../ui/safeText.ts';
import { toCharts, type Chart, type ChartLine } from './charts.ts';
import { localText, markText, utcText, valueText } from './chartTexts.ts';
import { COLOURS, dashOf, LineSample } from './lineLooks.tsx';

const HEIGHT_PX = 112;
const AXIS_PX = 54;

export interface MetricChartsProps {
  readonly reading: MetricsReading;
  readonly instanceIds: readonly string[];
  readonly nameOf: (instanceId: string) => string;
  /** Drawn anew in another theme: a canvas knows no style sheets. */
  readonly theme: string;
}

export function MetricCharts({ reading, instanceIds, nameOf, theme }: MetricChartsProps) {
  const { t } = useTranslation();
  const charts = useMemo(() => toCharts(reading, instanceIds), [reading, instanceIds]);
  // Where nothing could be asked, the notes above say why.
  if (charts.length === 0) return reading.metricsAsked === 0 ? undefined : <p className="note">{t('hostDetail.noData')}</p>;
  const lineName = (line: ChartLine): string => [instanceIds.length > 1 ? nameOf(line.instanceId) : undefined, line.text === undefined ? undefined : t(`hostDetail.${line.text}`), line.of].filter((word) => word !== undefined && word !== '').join(' · ');
  return charts.map((chart) => <ChartView key={`${chart.id} ${theme}`} chart={chart} span={[reading.startSeconds, reading.endSeconds]} lineName={lineName} />);
}

interface ChartViewProps {
  readonly chart: Chart;
  readonly span: readonly [startSeconds: number, endSeconds: number];
  readonly lineName: (line: ChartLine) => string;
}

export function ChartView({ chart, span, lineName }: ChartViewProps) {
  const { t } = useTranslation();
  const [hovered, setHovered] = useState<number>();
  const title = t(`hostDetail.${chart.id}`);
  const time = hovered === undefined ? undefined : chart.times[hovered];
  const names = chart.lines.map((line) => safeText(lineName(line)));
  const label = t('hostDetail.chartLabel', { title, lines: listText(chart.lines.map((line, index) => [names[index], valueText(chart.unit, line.statistics.last)].filter((word) => word !== '').join(' '))) });
  return (
    <figure className="metric-chart">
      <figcaption>
        <strong>{title}</strong>
        <span className="note">{time === undefined ? ' ' : `${localText(time)} · ${t('hostDetail.utc', { moment: utcText(time) })}`}</span>
      </figcaption>
      <Plot chart={chart} span={span} label={label} onHover={setHovered} />
      <table className="chart-values">
        <thead>
          <tr>
            <th scope="col">{t('hostDetail.line')}</th>
            <th scope="col">{time === undefined ? t('hostDetail.last') : utcText(time).slice(11)}</th>
            <th scope="col">{t('hostDetail.min')}</th>
            <th scope="col">{t('hostDetail.max')}</th>
            <th scope="col">{t('hostDetail.average')}</th>
          </tr>
        </thead>
        <tbody>
          {chart.lines.map((line, index) => {
            const { last, min, max, average } = line.statistics;
            const value = hovered === undefined ? last : line.values[hovered];
            return (
              <tr key={`${line.instanceId} ${line.text ?? ''} ${line.of ?? ''}`}>
                <th scope="row">
                  <LineSample colour={line.colour} dash={line.dash} /> <span className="line-name">{names[index] === '' ? title : names[index]}</span>
                </th>
                <td>{value === undefined || value === null ? '–' : valueText(chart.unit, value)}</td>
                <td>{valueText(chart.unit, min)}</td>
                <td>{valueText(chart.unit, max)}</td>
                <td>{valueText(chart.unit, average)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </figure>
  );
}

interface PlotProps {
  readonly chart: Chart;
  readonly span: readonly [number, number];
  readonly label: string;
  readonly onHover: (index: number | undefined) => void;
}

/** The drawing itself; what it says stands in the table, so a screen reader is told the label only. */
function Plot({ chart, span, label, onHover }: PlotProps) {
  const { t } = useTranslation();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const hover = useEffectEvent(onHover);
  const [start, end] = span;
  useEffect(() => {
    const parent = holder.current;
    if (parent === null) return;
    const styles = getComputedStyle(parent);
    const colour = (name: string): string => styles.getPropertyValue(name).trim();
    const made = new uPlot(
      {
        width: Math.max(160, parent.clientWidth),
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, sync: { key: 'postern-metrics', setSeries: false }, points: { size: 5 } },
        scales: { x: { time: true, range: [start, end] }, y: { range: (_plot, _min, max) => [0, topOf(chart, max)] } },
        axes: [
          { stroke: colour('--text-dim'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, size: 22, font: '11px system-ui, sans-serif', space: 60, values: (_plot, splits, _axis, _space, step) => splits.map((split) => markText(split, step)) },
          { stroke: colour('--text-dim'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, size: AXIS_PX, font: '11px system-ui, sans-serif', space: 28, values: (_plot, splits) => splits.map((split) => valueText(chart.unit, split)) },
        ],
        series: [{}, ...chart.lines.map((line) => ({ stroke: colour(`--chart-${line.colour % COLOURS}`), width: 1.5, dash: [...dashOf(line.dash)], spanGaps: false, points: { size: 4 } }))],
        hooks: {
          setCursor: [(drawn: uPlot) => hover(drawn.cursor.left === undefined || drawn.cursor.left < 0 ? undefined : (drawn.cursor.idx ?? undefined))],
        },
      },
      toData(chart),
      parent,
    );
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: Math.max(160, parent.clientWidth), height: HEIGHT_PX }));
    watcher.observe(parent);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [chart, start, end]);

  const move = (event: KeyboardEvent): void => {
    const drawn = plot.current;
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === 'Escape') drawn?.setCursor({ left: -10, top: -10 });
    if (drawn === undefined || step === undefined) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(chart.times.length - 1, (drawn.cursor.idx ?? (step < 0 ? chart.times.length : -1)) + step));
    drawn.setCursor({ left: drawn.valToPos(chart.times[at] ?? start, 'x'), top: HEIGHT_PX / 3 });
  };
  return <div ref={holder} className="plot" role="img" aria-label={label} title={t('hostDetail.chartKeys')} tabIndex={0} onKeyDown={move} onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })} />;
}

function toData({ times, lines }: Chart): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

/** Room above the highest value; what is a share is drawn as one. */
function topOf({ unit }: Chart, max: number | null): number {
  const highest = max ?? 0;
  switch (unit) {
    case 'percent':
      return highest > 50 ? 100 : Math.max(5, highest * 1.3);
    case 'failed':
      return 1;
    case 'bytes-a-second':
    case 'operations-a-second':
    case 'credits':
    case 'number':
      return highest === 0 ? 1 : highest * 1.15;
  }
}
