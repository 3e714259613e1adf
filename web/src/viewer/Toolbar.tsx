import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Icon, type IconName } from "../ui/Icon";
import { Popover, PopoverItem } from "../ui/Popover";

interface Props {
  name: string;
  /** URL of the list to which "back" leads. */
  list: string;
  onBack: () => void;
  favorite: boolean;
  onFavorite: () => void;
  onShare: () => void;
  onRotate: () => void;
  archived: boolean;
  onArchive: () => void;
  details: boolean;
  onDetails: () => void;
  onDownload: () => void;
  onAddToAlbum: () => void;
  /** Whether boxes are shown; null if there are none. */
  boxes: boolean | null;
  onBoxes: () => void;
  playing: boolean;
  onPlay: () => void;
  fullScreen: boolean;
  /** Null if the browser has no full screen. */
  onFullScreen: (() => void) | null;
  /** The image is being deleted. */
  disabled: boolean;
  onDelete: () => void;
}

/** The actions of the viewer, over the image. */
export function Toolbar(props: Props) {
  const { t } = useTranslation();
  const { boxes, playing, fullScreen, onFullScreen } = props;
  return (
    <div className="viewer-toolbar">
      <Link
        className="button plain icon"
        to={props.list}
        aria-label={t("photo.back")}
        onClick={(event) => {
          event.preventDefault();
          props.onBack();
        }}
      >
        <Icon name="back" />
      </Link>
      <h1 className="viewer-title truncate grow" dir="auto">
        {props.name}
      </h1>
      <ToolButton
        icon={props.favorite ? "heartFilled" : "heart"}
        text={t("photo.favorite")}
        pressed={props.favorite}
        onClick={props.onFavorite}
      />
      <ToolButton icon="share" text={t("photo.share")} onClick={props.onShare} />
      <ToolButton icon="download" text={t("photo.download")} onClick={props.onDownload} />
      <ToolButton icon="info" text={t("photo.details")} pressed={props.details} onClick={props.onDetails} />
      <ToolButton icon="trash" text={t("delete")} disabled={props.disabled} onClick={props.onDelete} />
      <Popover icon="more" label={t("photo.more")}>
        {(close) => {
          const run = (action: () => void) => () => {
            close();
            action();
          };
          return (
            <div className="popover-items">
              <PopoverItem icon="album" text={t("album.add")} onClick={run(props.onAddToAlbum)} />
              <PopoverItem icon="rotate" text={t("photo.rotate")} onClick={run(props.onRotate)} />
              <PopoverItem icon="archive" text={t(props.archived ? "photo.unarchive" : "photo.archive")} onClick={run(props.onArchive)} />
              {boxes !== null && <PopoverItem icon="boxes" text={t("photo.showBoxes")} pressed={boxes} onClick={run(props.onBoxes)} />}
              <PopoverItem icon="play" text={t(playing ? "photo.stopSlideshow" : "photo.slideshow")} onClick={run(props.onPlay)} />
              {onFullScreen && (
                <PopoverItem icon="fullScreen" text={t(fullScreen ? "photo.exitFullScreen" : "photo.fullScreen")} onClick={run(onFullScreen)} />
              )}
            </div>
          );
        }}
      </Popover>
    </div>
  );
}

interface ToolButtonProps {
  icon: IconName;
  text: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function ToolButton({ icon, text, pressed, disabled = false, onClick }: ToolButtonProps) {
  return (
    <button type="button" className="button plain icon" aria-label={text} title={text} aria-pressed={pressed} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
