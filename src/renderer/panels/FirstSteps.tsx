/** What the window shows before there is anything to list: how to add a profile, or the demo cloud in one click. */
import { Button } from '../ui/Button.tsx';

export interface FirstStepsProps {
  readonly demoAvailable: boolean;
  /** Profiles exist, but no region is chosen for any of them. */
  readonly profilesWithoutRegion: readonly string[];
  readonly onStartDemo: () => void;
  readonly onChooseScopes: () => void;
}

export function FirstSteps({ demoAvailable, profilesWithoutRegion, onStartDemo, onChooseScopes }: FirstStepsProps) {
  return (
    <div className="empty-state">
      {profilesWithoutRegion.length > 0 ? (
        <>
          <h2>Choose a region</h2>
          <p>
            {profilesWithoutRegion.length === 1 ? 'The profile' : 'The profiles'} {profilesWithoutRegion.slice(0, 5).join(', ')} {profilesWithoutRegion.length === 1 ? 'names' : 'name'} no region.
          </p>
          <Button look="primary" onClick={onChooseScopes}>
            Choose profiles and regions
          </Button>
        </>
      ) : (
        <>
          <h2>No AWS profile found</h2>
          <p>
            Postern reads the same files as the AWS CLI: <code>~/.aws/config</code> and <code>~/.aws/credentials</code>. Either of these makes a profile:
          </p>
          <pre className="example">aws configure sso</pre>
          <p>for IAM Identity Center, or</p>
          <pre className="example">aws configure</pre>
          <p>for an access key. Then start Postern again.</p>
        </>
      )}
      {demoAvailable ? (
        <>
          <hr />
          <h2>Just looking?</h2>
          <p>The demo cloud runs on this machine: a dozen hosts with real shells, no account, no cost.</p>
          <Button look={profilesWithoutRegion.length > 0 ? 'normal' : 'primary'} onClick={onStartDemo}>
            Start the demo cloud
          </Button>
        </>
      ) : undefined}
    </div>
  );
}
