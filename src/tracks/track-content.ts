import { areContactHours, contactHoursFault } from "../courses/course.js";
import type { Faults } from "../courses/faults.js";
import { faultsOfBadge } from "./badge-design.js";
import { faultsOfRequirement, type Offered } from "./requirement-faults.js";
import {
  type Competency,
  graceDaysOf,
  isGracePeriod,
  MOST_GRACE_DAYS,
  type TrackContent,
} from "./track.js";
import { readUrl } from "../read-url.js";

const isWebAddress = (text: string): boolean => /^https?:$/.test(readUrl(text)?.protocol ?? "");

const empty = (text: string): boolean => text.trim() === "";

function faultOfCompetency(competency: Competency): string | undefined {
  if (empty(competency.name)) return "Enter the competency, or remove it.";
  const { frameworkUrl } = competency;
  if (frameworkUrl !== undefined && !isWebAddress(frameworkUrl)) {
    return "Enter an address that begins with https://, or leave it empty.";
  }
  return undefined;
}

function faultsOfSteps(content: TrackContent, offered: Offered): Faults {
  const faults: Faults = {};
  for (const { nodeId, sentence } of faultsOfRequirement(content.requirement, offered)) {
    faults[`requirement.${nodeId}`] ??= sentence;
  }
  return faults;
}

/**
 * What is wrong with what was written about a track, by field (`requirement.<node id>`,
 * `competencies.<index>`, `badge.colour` …); empty when it may be stored.
 */
export function faultsOfTrack(content: TrackContent, offered: Offered): Faults {
  const faults: Faults = {};
  if (empty(content.name)) faults["name"] = "Enter a name.";
  if (empty(content.description)) faults["description"] = "Say in a sentence or two what this is.";
  if (empty(content.criteriaNarrative)) faults["criteriaNarrative"] = "Say how it is earned.";
  if (empty(content.subject)) faults["subject"] = "Enter a subject.";
  if (!areContactHours(content.contactHours)) faults["contactHours"] = contactHoursFault;
  const points = content.developmentPoints;
  if (points !== undefined && !(Number.isFinite(points) && points >= 0)) {
    faults["developmentPoints"] = "Enter a number from 0 up, or leave it empty.";
  }
  if (!isGracePeriod(graceDaysOf(content)))
    faults["graceDays"] = `Enter a whole number of days from 0 to ${MOST_GRACE_DAYS}.`;
  for (const [index, competency] of content.competencies.entries()) {
    const fault = faultOfCompetency(competency);
    if (fault !== undefined) faults[`competencies.${index}`] = fault;
  }
  return { ...faults, ...faultsOfBadge(content.badge), ...faultsOfSteps(content, offered) };
}
