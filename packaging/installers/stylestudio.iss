; The installer for Windows, for Inno Setup 6: `python packaging/dev.py bundle` runs it.
; It installs for one user and asks for no rights; libraries and settings are left alone.
[Setup]
AppId=StyleStudioDesktop
AppName=Style Studio Desktop
AppVersion={#Version}
DefaultDirName={autopf}\Style Studio Desktop
DefaultGroupName=Style Studio Desktop
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
SetupIconFile=..\..\resources\icons\app\stylestudio.ico
UninstallDisplayIcon={app}\stylestudio-window.exe
Compression=lzma2
DisableProgramGroupPage=yes

[Files]
Source: "{#Frozen}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[InstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{autoprograms}\Style Studio Desktop"; Filename: "{app}\stylestudio-window.exe"
