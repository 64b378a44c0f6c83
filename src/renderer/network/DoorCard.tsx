/** Whether the person gets in on a port, and which of the things that decide says so. */
import { useTranslation } from 'react-i18next';
import type { ReachDoor, ReachStep } from '../../contract/networkReach.ts';
import { Copyable } from '../ui/Copyable.tsx';
import { safeText } from '../ui/safeText.ts';
import { Mark } from './Mark.tsx';

export function DoorCard({ door }: { readonly door: ReachDoor }) {
  const { t } = useTranslation();
  const title = door.address === undefined ? t('network.door', { port: door.port }) : t('network.doorAt', { port: door.port, address: safeText(door.address) });
  return (
    <section className={`door ${door.verdict}`} aria-label={title} data-port={door.port} data-verdict={door.verdict}>
      <p>
        {title}: <Mark result={door.verdict}>{t(`network.verdict.${door.verdict}`)}</Mark>
      </p>
      {door.steps.length === 0 ? undefined : (
        <ul className="door-steps">
          {door.steps.map((step, index) => (
            <Step key={index} step={step} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Step({ step: { check, result, evidence } }: { readonly step: ReachStep }) {
  const { t } = useTranslation();
  return (
    <li data-check={check} data-result={result}>
      <Mark result={result}>{t(`network.step.${check}`)}</Mark>
      {result === 'yes' ? undefined : <span className="note">{result === 'no' ? t(`network.stepNo.${check}`) : t('network.stepUnknown')}</span>}
      {evidence === undefined || check === 'state' ? undefined : <Copyable value={evidence} mono />}
    </li>
  );
}
