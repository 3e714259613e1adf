import { lazy, Suspense, useEffect } from "react";
import { Redirect, Route, Switch } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import { endFirstPaint } from "./gallery/firstPaint";
import { useCurrentLocation } from "./router";
import { useSession } from "./services";
import { lazyPage } from "./ui/lazyPage";
import { PageSpinner } from "./ui/PageSpinner";
import { Toasts } from "./ui/Toasts";

const SignedOutPages = lazy(() => import("./account/SignedOutPages"));
const Shell = lazy(() => import("./Shell"));
const GalleryPage = lazy(() => import("./gallery/GalleryPage"));
const ImagePage = lazyPage(() => import("./viewer/ImagePage"));
const AlbumsPage = lazyPage(() => import("./albums/AlbumsPage"));
const ArrangePage = lazyPage(() => import("./albums/ArrangePage"));
const AlbumPage = lazyPage(() => import("./albums/AlbumPage"));
const ViewPage = lazyPage(() => import("./gallery/ViewPage"));
const UsagePage = lazyPage(() => import("./usage/UsagePage"));
const SettingsPage = lazyPage(() => import("./settings/SettingsPage"));
const SharedLinksPage = lazyPage(() => import("./sharing/SharedLinksPage"));
const InvitationPage = lazyPage(() => import("./invitations/InvitationPage"));
const SharedAlbumPage = lazyPage(() => import("./albums/SharedAlbumPage"));
const PublicPage = lazyPage(() => import("./public/PublicPage"));
const DuplicatesPage = lazyPage(() => import("./duplicates/DuplicatesPage"));
const MapPage = lazyPage(() => import("./map/MapPage"));
const TrashPage = lazyPage(() => import("./trash/TrashPage"));
const SharePage = lazyPage(() => import("./offline/SharePage"));
const DesignPage = lazyPage(() => import("./design/DesignPage"));
const NotFoundPage = lazyPage(() => import("./ui/NotFoundPage"));

export function App() {
  return (
    <>
      <Suspense fallback={<PageSpinner />}>
        <Switch>
          {/* Share links and the page of components work without a session. */}
          <Route path="/s/:token/:image?" component={PublicPage} />
          <Route path="/design" component={DesignPage} />
          <Route component={Pages} />
        </Switch>
      </Suspense>
      <Toasts />
    </>
  );
}

function Pages() {
  const session = useSession();
  const pathname = usePathname();
  const isGallery = session.kind !== "signedOut" && pathname === "/";
  useEffect(() => {
    if (!isGallery) endFirstPaint();
  }, [isGallery]);
  if (session.kind === "restoring") return <PageSpinner />;
  return session.kind === "signedIn" ? <SignedIn key={session.owner} /> : <SignedOutPages expired={session.expired} />;
}

function SignedIn() {
  const { state } = useCurrentLocation();
  return (
    <Shell>
      <Switch>
        <Route path="/" component={GalleryPage} />
        <Route path="/photos/:id" component={ImagePage} />
        <Route path="/albums" component={AlbumsPage} />
        <Route path="/albums/:album" component={AlbumPage} />
        <Route path="/albums/:album/arrange" component={ArrangePage} />
        <Route path="/albums/:album/photos/:id" component={ImagePage} />
        <Route path="/shared-albums/:album" component={SharedAlbumPage} />
        <Route path="/shared-albums/:album/photos/:image" component={SharedAlbumPage} />
        <Route key="favorites" path="/favorites" component={ViewPage} />
        <Route key="favorites photo" path="/favorites/photos/:id" component={ImagePage} />
        <Route key="archive" path="/archive" component={ViewPage} />
        <Route key="archive photo" path="/archive/photos/:id" component={ImagePage} />
        <Route path="/usage" component={UsagePage} />
        <Route path="/shared" component={SharedLinksPage} />
        <Route path="/invitations/:token" component={InvitationPage} />
        <Route path="/share">
          <SharePage />
        </Route>
        <Route path="/map" component={MapPage} />
        <Route path="/duplicates" component={DuplicatesPage} />
        <Route path="/trash" component={TrashPage} />
        <Route path="/settings/:section?" component={SettingsPage} />
        <Route path="/account">
          <Redirect to="/settings" replace />
        </Route>
        {["/sign-in", "/sign-in/callback", "/sign-up", "/forgot-password"].map((path) => (
          <Route key={path} path={path}>
            <Redirect to={state.from ?? "/"} replace />
          </Route>
        ))}
        <Route component={NotFoundPage} />
      </Switch>
    </Shell>
  );
}
