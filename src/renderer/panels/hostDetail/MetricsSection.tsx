/** Metrics of the host, beside those it is compared with: asked while the section is open and seen, because each costs. */
import { useTranslation } from 'react-i18next';
import { lazy, Suspense, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { MAX_COMPARED_HOSTS, metricRanges, type MetricRange, type MetricsReading } from '../../../contract/metrics.ts';
import { listText } from '../../i18n/locale.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { safeText } from '../../ui/safeText.ts';
import { AskedSection } from './AskedSection.tsx';
import { MissingText } from './PartFact.tsx';
import { useAsked } from './useAsked.ts';
import { useSeen } from './useSeen.ts';

const MetricCharts = lazy(() => import('./MetricCharts.tsx').then((module) => ({ default: module.MetricCharts })));

/** How often there is anything new to see. */
const REFRESH_MINUTES: Readonly<Record<MetricRange, number>> = { '1h': 1, '3h': 1, '12h': 5, '1d': 5, '1w': 30, '2w': 60 };

export interface MetricsSectionProps {
  readonly instanceId: string;
  /** Further hosts to draw. */
  readonly comparedIds: readonly string[];
  readonly nameOf: (instanceId: string) => string;
  readonly theme: string;
  readonly nowMs: number;
  readonly onRead: (instanceIds: readonly string[], range: MetricRange) => Promise<MetricsReading>;
  readonly onCompare: (instanceIds: readonly string[]) => void;
}

export function MetricsSection(props: MetricsSectionProps) {
  const { instanceId, comparedIds, nameOf, nowMs, theme } = props;
  const { t } = useTranslation();
  const [range, setRange] = useState<MetricRange>('3h');
  const wanted = useMemo(() => [...new Set([instanceId, ...comparedIds])], [instanceId, comparedIds]);
  const instanceIds = useMemo(() => wanted.slice(0, MAX_COMPARED_HOSTS), [wanted]);
  const holder = useRef<HTMLDivElement>(null);
  const seen = useSeen(holder);
  // Whoever compares hosts in the list wants to see it, wherever the panel is scrolled to.
  const show = useEffectEvent(() => {
    if (!seen.now) holder.current?.scrollIntoView({ block: 'start' });
  });
  useEffect(() => {
    if (comparedIds.length > 0) show();
  }, [comparedIds]);
  return (
    <div ref={holder} className="metrics-section">
      <div className="range-choice" role="radiogroup" aria-label={t('hostDetail.range')}>
        {metricRanges.map((one) => (
          <label key={one}>
            <input type="radio" name="metric-range" value={one} checked={one === range} onChange={() => setRange(one)} /> <span>{t(`hostDetail.range${one}`)}</span>
          </label>
        ))}
      </div>
      <ComparedHosts instanceIds={instanceIds.slice(1)} dropped={wanted.length - instanceIds.length} nameOf={nameOf} onCompare={props.onCompare} />
      {seen.ever ? <Reading key={`${instanceIds.join()} ${range}`} seenNow={seen.now} instanceIds={instanceIds} range={range} nameOf={nameOf} theme={theme} nowMs={nowMs} onRead={props.onRead} /> : undefined}
    </div>
  );
}

function ComparedHosts({ instanceIds, dropped, nameOf, onCompare }: { readonly instanceIds: readonly string[]; readonly dropped: number; readonly nameOf: (instanceId: string) => string; readonly onCompare: (instanceIds: readonly string[]) => void }) {
  const { t } = useTranslation();
  if (instanceIds.length === 0) return <p className="note">{t('hostDetail.compareHow')}</p>;
  return (
    <>
      <p className="compared">
        <span className="note">{t('hostDetail.compared')}</span>
        {instanceIds.map((id) => (
          <span key={id} className="chip">
            {safeText(nameOf(id))}
            <button type="button" aria-label={t('hostDetail.removeCompared', { name: safeText(nameOf(id)) })} onClick={() => onCompare(instanceIds.filter((other) => other !== id))}>
              <Icon name="close" />
            </button>
          </span>
        ))}
      </p>
      {dropped > 0 ? <p className="note">{t('hostDetail.compareLimit', { count: MAX_COMPARED_HOSTS })}</p> : undefined}
    </>
  );
}

interface ReadingProps extends Pick<MetricsSectionProps, 'nameOf' | 'theme' | 'nowMs' | 'onRead'> {
  readonly instanceIds: readonly string[];
  readonly range: MetricRange;
  readonly seenNow: boolean;
}

function Reading({ instanceIds, range, nameOf, theme, nowMs, seenNow, onRead }: ReadingProps) {
  const asked = useAsked(`${instanceIds.join()} ${range}`, () => onRead(instanceIds, range));
  const everyMs = REFRESH_MINUTES[range] * 60_000;
  const refresh = useEffectEvent(() => {
    if (!asked.asking && (asked.value === undefined || Date.now() - Date.parse(asked.value.readAt) >= everyMs)) asked.again();
  });
  useEffect(() => {
    if (!seenNow) return;
    refresh();
    const timer = setInterval(() => refresh(), everyMs);
    return () => clearInterval(timer);
  }, [seenNow, everyMs]);
  return (
    <AskedSection asked={asked} nowMs={nowMs}>
      {(reading) => (
        <>
          <MetricNotes reading={reading} nameOf={nameOf} />
          <Suspense fallback={<div className="plot-space" />}>
            <MetricCharts reading={reading} instanceIds={instanceIds} nameOf={nameOf} theme={theme} />
          </Suspense>
        </>
      )}
    </AskedSection>
  );
}

/** What is missing and why, and what the reading costs. */
export function MetricNotes({ reading, nameOf }: { readonly reading: MetricsReading; readonly nameOf: (instanceId: string) => string }) {
  const { t } = useTranslation();
  const names = (chosen: (host: MetricsReading['hosts'][number]) => boolean): string => listText(reading.hosts.filter(chosen).map(({ instanceId }) => safeText(nameOf(instanceId))));
  const basic = reading.range === '1h' || reading.range === '3h' ? names(({ detailedMonitoring }) => detailedMonitoring === false) : '';
  const noAgent = reading.missing.some(({ permission }) => permission === 'cloudwatch:ListMetrics') ? '' : names(({ agent }) => !agent);
  return (
    <div className="metric-notes">
      {reading.missing.map((missing) => (
        <p key={missing.permission} className="missing" data-permission={missing.permission}>
          <MissingText missing={missing} />
        </p>
      ))}
      {basic === '' ? undefined : <p className="note">{t('hostDetail.basic', { names: basic })}</p>}
      {noAgent === '' ? undefined : <p className="note">{t('hostDetail.noAgent', { names: noAgent })}</p>}
      {reading.metricsAsked === 0 ? undefined : <p className="note">{t('hostDetail.cost', { count: reading.metricsAsked, every: t('hostDetail.everyMinutes', { count: REFRESH_MINUTES[reading.range] }) })}</p>}
    </div>
  );
}

/** For the bar of what can be done with hosts that are selected together. */
export function CompareButton({ onCompare }: { readonly onCompare: () => void }) {
  const { t } = useTranslation();
  return (
    <Button look="quiet" onClick={onCompare}>
      {t('hostDetail.compare')}
    </Button>
  );
}
