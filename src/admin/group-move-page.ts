import type { GroupMember, GroupMove, MoveEffect } from "../awards/group-move.js";
import type { Profile } from "../people/account.js";
import { plainCount } from "../progress/plain-words.js";
import type { PageOf } from "../stored-record.js";
import type { TrackVersion } from "../tracks/track.js";
import { nameOf } from "./award-page.js";
import { requiredText } from "./form-fields.js";

/** Why somebody is moved; it stands in the audit trail. */
export const moveReason = requiredText(
  "Say why, for example: agreed with the group in March.",
  500,
);

type About = {
  inForce: TrackVersion;
  move: GroupMove;
  list: PageOf<GroupMember>;
  effects: Record<MoveEffect, number>;
  profiles: readonly Profile[];
};

type Stage = {
  heading: string;
  said: string;
  bar?: { value: number; max: number };
  isUnderWay?: boolean;
  mayMove?: boolean;
  isOver?: boolean;
};

/** "40 would have more to do than now, 2 less and 18 as much." Nobody is left out of the sum. */
function sayEffects({ farther, nearer, same }: About["effects"]): string {
  const parts = [
    ...(farther > 0 ? [`${farther} would have more left to do than now`] : []),
    ...(nearer > 0 ? [`${nearer} less`] : []),
    ...(same > 0 ? [`${same} as much as now`] : []),
  ];
  return `${parts.join(", ")}.`;
}

function decidedStage({ move, list }: About): Stage {
  const { doneAt, moved, version } = move;
  const total = plainCount(list.total, "learner");
  if (doneAt === undefined) {
    const bar = { value: Math.min(moved, list.total), max: Math.max(list.total, 1) };
    const said = `${moved} of ${total} moved so far.`;
    return { heading: `Moving them to version ${version}`, said, bar, isUnderWay: true };
  }
  const left = list.total - moved;
  const others =
    left > 0
      ? ` ${plainCount(left, "other")} had finished, or went on another way, meanwhile.`
      : "";
  const said = `Done: ${plainCount(moved, "learner")} moved to version ${version}.${others}`;
  return { heading: "They are moved", said, isOver: true };
}

/** Where looking, or moving, stands. */
function stageOf(about: About): Stage {
  const { move, inForce, list, effects } = about;
  if (move.decision !== undefined) return decidedStage(about);
  if (move.version !== inForce.version) {
    const said = `Version ${inForce.version} was published since, so this may not be true any more.`;
    return { heading: "Another version is in force", said, isOver: true };
  }
  if (move.finishedAt === undefined) {
    const bar = { value: Math.min(move.looked, move.total), max: Math.max(move.total, 1) };
    const said = `${move.looked} of ${plainCount(move.total, "learner")} looked at.`;
    return { heading: "Looking what it would mean", said, bar, isUnderWay: true };
  }
  if (list.total === 0)
    return {
      ...{ heading: "Nobody to move", isOver: true },
      said: "Nobody is on the way under an earlier version.",
    };
  const said = `${plainCount(list.total, "learner")} would be moved. ${sayEffects(effects)}`;
  return { heading: "What it would mean", said, mayMove: true };
}

/** What moving everybody would mean for each, or what has become of it. */
export function groupMovePage(about: About) {
  const { inForce, move, list, profiles } = about;
  return {
    ...{ trackId: inForce.trackId, moveId: move.id, version: move.version },
    ...stageOf(about),
    moveLabel: `Move ${plainCount(list.total, "learner")} to version ${move.version}`,
    list: {
      ...list,
      items: list.items.map(({ learnerId, ownVersion, before, after }) => ({
        ...{ learnerId, name: nameOf(profiles, learnerId), ownVersion, before, after },
      })),
    },
  };
}
