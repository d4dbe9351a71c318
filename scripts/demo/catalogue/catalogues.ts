import { certificateTrack, PROFESSION } from "./association-certificate.js";
import { compressionCourses, compressionTrack } from "./association-compression.js";
import { essentialCourses } from "./association-essentials.js";
import { movementCourses, movementTrack } from "./association-movement.js";
import { oncologyCourses, oncologyTrack } from "./association-oncology.js";
import type { Catalogue } from "./catalogue.js";
import { schoolCourses } from "./school-courses.js";
import { schoolTracks } from "./school-tracks.js";

/** An association of allied-health professions, with its professional certificate. */
export const associationCatalogue: Catalogue = {
  organisationName: "Allied Health Lymphology Association",
  professions: [PROFESSION],
  courses: [...essentialCourses, ...compressionCourses, ...oncologyCourses, ...movementCourses],
  tracks: [compressionTrack, oncologyTrack, movementTrack, certificateTrack],
};

/** A school that trains teachers of the blind: badges that stand alone. */
export const schoolCatalogue: Catalogue = {
  organisationName: "Northlight School for Teachers of the Blind",
  professions: [],
  courses: schoolCourses,
  tracks: schoolTracks,
};
