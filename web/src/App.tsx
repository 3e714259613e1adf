import { lazy, Suspense } from "react";
import { Redirect, Route, Switch } from "wouter";
import { usePlace } from "./router";
import { useSession } from "./services";
import { Busy } from "./ui/Busy";
import { Toasts } from "./ui/Toasts";

const SignedOutPages = lazy(() => import("./account/SignedOutPages"));
const Shell = lazy(() => import("./Shell"));
const GalleryPage = lazy(() => import("./gallery/GalleryPage"));
const PicturePage = lazy(() => import("./picture/PicturePage"));
const AlbumsPage = lazy(() => import("./albums/AlbumsPage"));
const AlbumPage = lazy(() => import("./albums/AlbumPage"));
const UsagePage = lazy(() => import("./usage/UsagePage"));
const AccountPage = lazy(() => import("./account/AccountPage"));
const NotFoundPage = lazy(() => import("./ui/NotFoundPage"));

export function App() {
  const session = useSession();
  return (
    <>
      <Suspense fallback={<Busy />}>
        {session.kind === "restoring" && <Busy />}
        {session.kind === "out" && <SignedOutPages expired={session.expired} />}
        {session.kind === "in" && <SignedIn key={session.owner} />}
      </Suspense>
      <Toasts />
    </>
  );
}

function SignedIn() {
  const { along } = usePlace();
  return (
    <Shell>
      <Switch>
        <Route path="/" component={GalleryPage} />
        <Route path="/pictures/:id" component={PicturePage} />
        <Route path="/albums" component={AlbumsPage} />
        <Route path="/albums/:album" component={AlbumPage} />
        <Route path="/albums/:album/pictures/:id" component={PicturePage} />
        <Route path="/usage" component={UsagePage} />
        <Route path="/account" component={AccountPage} />
        {["/sign-in", "/sign-up", "/forgotten"].map((path) => (
          <Route key={path} path={path}>
            <Redirect to={along.from ?? "/"} replace />
          </Route>
        ))}
        <Route component={NotFoundPage} />
      </Switch>
    </Shell>
  );
}
