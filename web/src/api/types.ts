import type { Schemas } from "sightline-client";

export type ImageView = Schemas["ImageView"];
export type ImageSummary = Schemas["ImageSummary"] & {
  /** Email address of the member who added the image to an album of the user; only there, and not of own images. */
  contributor?: string;
};
export type ImageSummaryPage = Schemas["ImageSummaryPage"];
export type LinkedRendition = Schemas["LinkedRendition"];
export type Album = Schemas["AlbumView"];
export type Usage = Schemas["UsageView"];
export type MonthlyUsage = Schemas["MonthlyUsageView"];
export type LabelCount = Schemas["LabelView"];
export type BoundingBox = Schemas["BoundingBox"];
export type DetectedFace = Schemas["DetectedFace"];
export type Feature = Schemas["Feature"];
export type Status = Schemas["Status"];
export type ImageHistory = Schemas["ImageHistory"];
export type HistoryEntry = Schemas["HistoryEntry"];
export type ImageUpload = Schemas["ImageUpload"];
export type MediaType = Schemas["ImageUploadRequest"]["media_type"];

/** Recognition features in display order. */
export const FEATURES: readonly Feature[] = ["labels", "text", "faces", "properties", "moderation"];
