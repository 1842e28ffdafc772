// The images that the manifests name, against the Dockerfile that makes them.
import { podsIn } from './overlays.mjs';

// Each stage of a Dockerfile: name to {user, text}.
function stagesOf(dockerfile) {
  const stages = new Map();
  for (const text of dockerfile.split(/^FROM /m).slice(1)) {
    const name = text.match(/^.* AS (\S+)$/m)?.[1];
    stages.set(name, {
      user: text
        .match(/^USER (\d+):(\d+)$/m)
        ?.slice(1)
        .map(Number),
      text,
    });
  }
  return stages;
}

export function imageComplaints(objects, dockerfile) {
  const stages = stagesOf(dockerfile);
  const complaints = [];
  const tags = new Set();
  for (const { name, pod } of podsIn(objects)) {
    for (const container of pod.spec.containers) {
      const say = (text) => complaints.push(`${name}, ${container.name}: ${text}`);
      const [, target, tag] =
        container.image.match(/(?:^|\/)destinationmetier\/([^:@]+)(?::(.+))?$/) ?? [];
      const stage = stages.get(target);
      if (stage === undefined) {
        say(`nobody makes ${container.image}`);
        continue;
      }
      tags.add(tag);
      const { runAsUser, runAsGroup } = pod.spec.securityContext;
      if (stage.user?.join() !== [runAsUser, runAsGroup].join()) {
        say(`the image is made for ${stage.user}, not ${runAsUser},${runAsGroup}`);
      }
      const program = container.command?.[0]?.match(/^\/usr\/local\/bin\/(.+)$/)?.[1];
      const has = (word) => stage.text.split(/\s+/).includes(`/bin/${word}`);
      if (program === undefined && !/^ENTRYPOINT /m.test(stage.text))
        say('nothing says what it starts');
      if (program !== undefined && !has(program)) say(`${target} has no ${program}`);
    }
  }
  if (tags.size !== 1 || tags.has(undefined) || tags.has('latest')) {
    complaints.push(`not all images are of one release: ${[...tags].join(', ')}`);
  }
  return complaints;
}
