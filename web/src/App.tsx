import { lazy, Suspense } from "react";
import { Navigate, Route, Routes, useLocation } from "react-router";
import { SignedOutPages } from "./account/SignedOutPages";
import { useSession } from "./services";
import { Shell } from "./Shell";
import { Busy } from "./ui/Busy";
import { Toasts } from "./ui/Toasts";

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
  const { state } = useLocation() as { state: { from?: string } | null };
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route index element={<GalleryPage />} />
        <Route path="pictures/:id" element={<PicturePage />} />
        <Route path="albums" element={<AlbumsPage />} />
        <Route path="albums/:album" element={<AlbumPage />} />
        <Route path="albums/:album/pictures/:id" element={<PicturePage />} />
        <Route path="usage" element={<UsagePage />} />
        <Route path="account" element={<AccountPage />} />
        {["sign-in", "sign-up", "forgotten"].map((path) => (
          <Route key={path} path={path} element={<Navigate to={state?.from ?? "/"} replace />} />
        ))}
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}
