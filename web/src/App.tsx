import { lazy, Suspense, type ComponentType } from "react";
import { Redirect, Route, Switch } from "wouter";
import { loadPageTexts } from "./i18n";
import { useCurrentLocation } from "./router";
import { useSession } from "./services";
import { PageSpinner } from "./ui/PageSpinner";
import { Toasts } from "./ui/Toasts";

const SignedOutPages = lazy(() => import("./account/SignedOutPages"));
const Shell = lazy(() => import("./Shell"));
const GalleryPage = lazy(() => import("./gallery/GalleryPage"));
const ImagePage = lazy(() => import("./viewer/ImagePage"));
const AlbumsPage = lazy(() => import("./albums/AlbumsPage"));
const AlbumPage = lazy(() => import("./albums/AlbumPage"));
const UsagePage = lazyPage(() => import("./usage/UsagePage"));
const SettingsPage = lazyPage(() => import("./settings/SettingsPage"));
const TrashPage = lazyPage(() => import("./trash/TrashPage"));
const NotFoundPage = lazy(() => import("./ui/NotFoundPage"));

/** A page whose texts are loaded with it. */
function lazyPage(load: () => Promise<{ default: ComponentType }>) {
  return lazy(async () => (await Promise.all([load(), loadPageTexts()]))[0]);
}

export function App() {
  const session = useSession();
  return (
    <>
      <Suspense fallback={<PageSpinner />}>
        {session.kind === "restoring" && <PageSpinner />}
        {session.kind === "signedOut" && <SignedOutPages expired={session.expired} />}
        {session.kind === "signedIn" && <SignedIn key={session.owner} />}
      </Suspense>
      <Toasts />
    </>
  );
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
        <Route path="/albums/:album/photos/:id" component={ImagePage} />
        <Route path="/usage" component={UsagePage} />
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
